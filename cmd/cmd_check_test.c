/*
 * hujson check as a program: statuses, the answer in both forms, what has no say.
 */
#include "testdata/support/failing.h"
#include "testdata/support/golden.h"
#include "testdata/support/program.h"

#include <criterion/criterion.h>

static const char good[] =
	"{\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": [\"*\"], \"ip\": [\"*\"]}]}";
static const char bad[] = "{\"grants\": [{\"src\": [\"autogroup:self\"], \"dst\": [\"*\"]}]}";

Test(check_command, statuses_and_answers)
{
	static const struct {
		const char *document, *tailnet;
		int status;
		const char *says; /* in the text report */
	} cases[] = {
		{good, NULL, EXIT_CLEAN, ": accepted"},
		{"{}", NULL, EXIT_CLEAN, ": accepted"},
		{bad, NULL, EXIT_FOUND,
			"refused, the service answers 400: \"autogroup:self\" not valid"},
		{"{\"acls\": [}", NULL, EXIT_FOUND,
			"refused, the service answers 400: hujson: line 1"},
		/* A name that nothing defines is refused, whatever a fragment may hold. */
		{"{\"acls\": [{\"action\": \"accept\", \"src\": [\"tag:a\"], \"dst\": [\"*:*\"]}]}",
			NULL, EXIT_FOUND, "400: src=tag not found: \"tag:a\"\n"},
		{"{\"nodeAttrs\": [{\"target\": [\"autogroup:self\"], \"attr\": [\"x\"]}]}", NULL,
			EXIT_FOUND, "the service answers 500: internal server error\n"},
		{"{\"grants\": [{\"src\": [\"svc:x\"], \"dst\": [\"*\"], \"ip\": [\"*\"]}]}", NULL,
			EXIT_FOUND, "(its words for this are not known)"},
		/* Of what sshTests name only tags and networks are a matter of form. */
		{"{\"sshTests\": [{\"src\": \"a@b.c\", \"dst\": [\"web\"], \"deny\": [\"x\"]}]}",
			NULL, EXIT_FOUND, "400: test(s) failed\n"},
		{"{\"sshTests\": [{\"src\": \"a@b.c\", \"dst\": [\"group:a\", \"tag:a\"], "
		 "\"deny\": "
		 "[\"x\"]}]}",
			NULL, EXIT_FOUND, "400: SSH tests dst contains unknown tag \"tag:a\"\n"},
		/* Domains are judged when the tailnet is known. */
		{"{\"ssh\": [{\"action\": \"accept\", \"src\": [\"user:*@example.org\"], \"dst\": "
		 "[\"autogroup:self\"], \"users\": [\"root\"]}]}",
			NULL, EXIT_CLEAN, ": accepted"},
		{"{\"ssh\": [{\"action\": \"accept\", \"src\": [\"user:*@example.org\"], \"dst\": "
		 "[\"autogroup:self\"], \"users\": [\"root\"]}]}",
			"alice@example.com", EXIT_FOUND,
			"400: [ssh] example.org is not associated"},
		/* What is only unwise, or unknown, is accepted. */
		{"{\"grants\": [{\"src\": [\"*\"], \"dst\": [\"10.1.2.3/8\"], \"ip\": [\"*\"]}]}",
			NULL, EXIT_CLEAN, "warning[A019 host-bits]"},
		/* The service knows no comments that ignore. */
		{"{\"grants\": [\n// hujson: ignore[bad-ip-item] why\n"
		 "{\"src\": [\"*\"], \"dst\": [\"*\"], \"ip\": [\"icmp\"]}]}",
			NULL, EXIT_FOUND, "400: port range \"icmp\": invalid first integer"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct program run = {.input = hj_slice_str(cases[i].document)};
		const char *tailnet = cases[i].tailnet;
		program_run(&run, "hujson", "check", "--no-config", tailnet ? "--tailnet" : "-",
			tailnet, NULL);
		cr_expect_eq(run.status, cases[i].status, "%s: %d", cases[i].document, run.status);
		cr_expect(strstr(hj_text_string(&run.out), cases[i].says), "%s: %s",
			cases[i].document, hj_text_string(&run.out));
		program_free(&run);
	}
}

Test(check_command, json_has_the_shape_of_the_contract)
{
	static const struct {
		const char *document, *accepted, *status, *message;
	} cases[] = {
		{good, "true", "200", NULL},
		{bad, "false", "400",
			"\"\\\"autogroup:self\\\" not valid on the src side of a rule\""},
		{"{", "false", "400",
			"\"hujson: line 1, column 2: parsing value: unexpected EOF\""},
		{"{\"grants\": [{\"src\": [\"svc:x\"], \"dst\": [\"*\"], \"ip\": [\"*\"]}]}",
			"false", "400", "null"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct program run = {.input = hj_slice_str(cases[i].document)};
		program_run(&run, "hujson", "check", "--no-config", "--format", "json", NULL);
		golden_file file = {0};
		hj_arena_init(&file.arena, NULL);
		cr_assert_eq(hj_source_adopt(NULL, &run.out, &file.source), HJ_OK);
		cr_assert_eq(hj_parse(file.source, 0, &file.document), HJ_OK);
		uint32_t first = hj_node_first(golden_find(&file, 0, "files"));
		uint32_t server = golden_find(&file, first, "server");
		const hj_node *nodes = hj_document_nodes(file.document);
		const uint32_t at[] = {golden_find(&file, first, "accepted"),
			golden_find(&file, server, "status"),
			golden_find(&file, server, "message")};
		const char *const want[] = {cases[i].accepted, cases[i].status, cases[i].message};
		for (size_t k = 0; k < 3; k++) {
			cr_expect_eq(at[k] != 0, want[k] != NULL, "%s", cases[i].document);
			if (at[k] && want[k])
				cr_expect(hj_slice_equal(hj_source_slice(file.source,
								 hj_node_span(&nodes[at[k]])),
						  hj_slice_str(want[k])),
					"%s: %s", cases[i].document, want[k]);
		}
		cr_expect(golden_find(&file, first, "tests"));
		cr_expect(golden_find(&file, first, "findings"));
		golden_drop(&file);
		program_free(&run);
	}
}

Test(check_command, out_of_memory_ends_in_trouble_and_leaks_nothing)
{
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		struct program run = {.input = hj_slice_str(bad), .allocator = &allocator};
		program_run(&run, "hujson", "check", "--no-config", "--format", "json", NULL);
		if (!state.failed)
			cr_expect_eq(run.status, EXIT_FOUND);
		program_free(&run);
		cr_assert_eq(state.blocks, 0, "allocation %zu", n);
		if (!state.failed)
			break;
	}
}
