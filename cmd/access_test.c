/*
 * Answers about access, as people see them: the sessions of testdata/access/. A folder has a policy,
 * perhaps an inventory, and a session: lines that begin with "$ ", each followed by what it prints, on
 * standard error too, and by its exit status in brackets unless that is 0.
 */
#include <criterion/criterion.h>

#include "testdata/support/failing.h"
#include "testdata/support/golden.h"
#include "testdata/support/program.h"

static hj_text read_file(const char *folder, const char *name)
{
	char path[256];
	hj_text text;
	hj_text_init(&text, NULL);
	snprintf(path, sizeof path, "testdata/access/%s/%s", folder, name);
	if (!golden_read(path, &text))
		cr_assert(strcmp(name, "inventory.hujson") == 0, "no %s", path);
	hj_text_string(&text);
	return text;
}

/* Cuts a line into words as a shell would: blanks part them, but not in single quotes. */
static int cut(char *line, char **words)
{
	int count = 0;
	char *to = line;
	while (*line) {
		bool quoted = false;
		words[count++] = to;
		for (; *line && (quoted || *line != ' '); line++) {
			if (*line == '\'')
				quoted = !quoted;
			else
				*to++ = *line;
		}
		while (*line == ' ')
			line++;
		*to++ = '\0';
	}
	words[count] = NULL;
	return count;
}

static void run_line(hj_slice line, hj_text *out)
{
	char *words[PROGRAM_WORDS + 1], copy[512];
	snprintf(copy, sizeof copy, "%.*s", (int)line.size - 2, line.data + 2);
	struct program run = {.input = HJ_SLICE("")};
	int count = cut(copy, words);
	program_run_words(&run, count, words);
	hj_text_append(out, line);
	hj_text_byte(out, '\n');
	hj_text_append(out, hj_text_slice(&run.out));
	hj_text_append(out, hj_text_slice(&run.err));
	if (run.status)
		hj_text_printf(out, "[%d]\n", run.status);
	program_free(&run);
}

static void run_session(const char *folder)
{
	hj_text policy = read_file(folder, "policy.hujson");
	hj_text inventory = read_file(folder, "inventory.hujson");
	hj_text session = read_file(folder, "session"), got;
	hj_text_init(&got, NULL);
	program_folder();
	program_file("policy.hujson", hj_text_slice(&policy));
	if (inventory.size)
		program_file("inventory.hujson", hj_text_slice(&inventory));
	unsigned count = 0;
	for (size_t at = 0; at < session.size;) {
		const char *end = memchr(session.data + at, '\n', session.size - at);
		hj_slice line = hj_slice_of(session.data + at,
			end ? (size_t)(end - session.data) - at : session.size - at);
		at += line.size + 1;
		if (!hj_slice_starts(line, HJ_SLICE("$ ")))
			continue;
		run_line(line, &got);
		count++;
	}
	program_leave();
	const char *regenerate = getenv("ACCESS_SESSIONS");
	if (regenerate && *regenerate) {
		char path[256];
		snprintf(path, sizeof path, "%s/%s/session", regenerate, folder);
		program_file(path, hj_text_slice(&got));
	}
	cr_expect_gt(count, 0);
	cr_expect_str_eq(hj_text_string(&got), session.data, "%s", folder);
	hj_text_free(&policy);
	hj_text_free(&inventory);
	hj_text_free(&session);
	hj_text_free(&got);
}

Test(access_command, sessions)
{
	static const char *const folders[] = {"office", "known", "nothing", "odd"};
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		run_session(folders[i]);
}
