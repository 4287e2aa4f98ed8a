/*
 * hujson preview: the rules that apply to a user, or to an address and port.
 */
#include "cmd/access.h"
#include "cmd/report.h"

static const struct option preview_options[] = {
	{"type", 0, "TYPE", "user|ipport", "what --for is, a user or an address and port"},
	{"for", 0, "WHOM", NULL, "a login, or ADDRESS:PORT with IPv6 in brackets"},
	KNOWLEDGE_INVENTORY,
	KNOWLEDGE_TAILNET,
	KNOWLEDGE_ASSUME,
	{"format", 0, "FORMAT", "text|json", "json: the response of the API"},
	{"config", 0, "FILE", NULL, "read this configuration, search for none"},
	{"no-config", 0, NULL, NULL, "read no configuration"},
};

static void put_list(hj_text *out, const char *before, const hj_words *words)
{
	for (uint32_t i = 0; words && i < words->count; i++) {
		hj_text_str(out, i ? ", " : before);
		report_safe(out, hj_trim(words->items[i].text));
	}
}

static void put_match(struct access *access, const hj_preview_match *match)
{
	hj_text *out = &access->text;
	hj_text_printf(out, "line %u: ", access_line(access, match->node));
	put_list(out, "", match->users);
	hj_text_str(out, " → ");
	for (uint32_t i = 0; i < match->port_count; i++) {
		hj_text_str(out, i ? ", " : "");
		report_safe(out, match->ports[i]);
	}
	put_list(out, ", via ", match->via);
	put_list(out, ", with ", match->postures);
	if (match->truth != HJ_YES)
		hj_text_str(out, ", perhaps");
	hj_text_byte(out, '\n');
}

static int show(struct access *access, hj_preview_type type, const char *asked)
{
	hj_text *out = &access->text;
	hj_preview preview;
	const char *what = NULL;
	hj_status status = hj_preview_make(
		access->reach, type, hj_slice_str(asked), access->app->allocator, &preview, &what);
	if (status)
		return access_complain(access, hj_slice_str(asked), status, what);
	if (access_wants(access, "json")) {
		hj_preview_append(out, &preview);
		hj_text_byte(out, '\n');
	} else {
		for (uint32_t i = 0; i < preview.count; i++)
			put_match(access, &preview.matches[i]);
		if (preview.count == 0)
			hj_text_str(out, "no rule applies\n");
	}
	hj_preview_free(&preview);
	return access_pass(access);
}

static int run_preview(struct app *app, const struct arguments *arguments)
{
	const char *type = options_value(arguments, "type");
	const char *asked = options_value(arguments, "for");
	if (!type || !asked)
		return options_misuse(app, arguments->command, "wants --type and --for");
	if (arguments->operand_count > 1)
		return options_misuse(app, arguments->command, "one policy at a time");
	struct access access;
	const char *policy = arguments->operand_count ? arguments->operands[0] : NULL;
	int status = access_open(app, arguments, policy, &access);
	if (!status)
		status = show(&access,
			strcmp(type, "user") == 0 ? HJ_PREVIEW_USER : HJ_PREVIEW_IPPORT, asked);
	access_close(&access);
	return status;
}

extern const struct command cmd_preview;

const struct command cmd_preview = {
	.name = "preview",
	.operands = "[POLICY]",
	.summary = "list the rules that apply to a user, or to an address and port",
	.description =
		"Answers as the service's own preview does: for a user, the rules whose sources "
		"have the user; for an address and port, those with a destination that has the "
		"address and allows the port over TCP or UDP. Whose device an address is, the "
		"inventory says. Postures and routers (\"via\") are named, not judged; rules of "
		"\"ssh\" are not here. `hujson access` answers more, and says why.\n"
		"\n"
		"A rule that applies only if something is so that neither policy nor inventory "
		"say, or to some of a group alone, is marked with \"perhaps\" in the text and left "
		"out of the JSON, which is the API's response and has no place for doubt: --assume "
		"decides. Lines count from 1 in the bytes as "
		"they are. What the service writes for the \"ports\" of a grant is not known; here "
		"they are each destination with each item of \"ip\": tag:db:tcp:5432.\n"
		"\n" KNOWLEDGE_DESCRIPTION "\n" KNOWLEDGE_ASSUME_DESCRIPTION,
	.options = preview_options,
	.option_count = sizeof preview_options / sizeof *preview_options,
	.examples =
		"# which rules let her anywhere?\n"
		"$ hujson preview --type user --for ann@example.com policy.hujson\n"
		"# the same as the API says it\n"
		"$ hujson preview --type user --for ann@example.com --format json policy.hujson\n"
		"# which rules lead there?\n"
		"$ hujson preview --type ipport --for 100.64.10.2:443 policy.hujson\n",
	.run = run_preview,
};
