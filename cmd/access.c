#include "cmd/access.h"

#include "cmd/judging.h"
#include "cmd/report.h"

/* -- the policy ------------------------------------------------------------------------------------ */

/* An answer about a policy that cannot come into force is worth a warning. */
static void warn(struct access *access)
{
	struct app *app = access->app;
	hj_findings findings;
	hj_findings_init(&findings, app->allocator);
	hj_status status = judge(&access->settings, access->opened.document, &findings);
	hj_answer answer = hj_answer_of(&findings);
	if (!status && answer.status != 200)
		app_complain(app, access->opened.input.path,
			"the service would refuse this policy, `hujson check` says why; the answer "
			"is for what is left of it");
	hj_findings_free(&findings);
}

static int join(struct access *access)
{
	const char *path = access->opened.input.path;
	int status = knowledge_join(&access->knowledge, path, access->opened.document,
		access->settings.options.tailnet, &access->joined);
	if (status)
		return status;
	access->is_joined = true;
	/* With nothing assumed no sentences need be made, which take longer than all the rest. */
	hj_assumptions assumptions = access->knowledge.assumptions;
	if (assumptions.facts->count == 0)
		assumptions.facts = NULL;
	if (hj_reach_build(
		    &access->joined.world, &assumptions, access->app->allocator, &access->reach))
		return app_out_of_memory(access->app, path);
	return EXIT_CLEAN;
}

int access_open(struct app *app, const struct arguments *arguments, const char *policy,
	struct access *access)
{
	const char *inventory = options_value(arguments, "inventory");
	*access = (struct access){.app = app, .arguments = arguments};
	access->format = options_value(arguments, "format");
	access->format = access->format ? access->format : "text";
	hj_text_init(&access->text, app->allocator);
	hj_emit_init(&access->emit, &access->text, 2);
	policy = policy ? policy : "-";
	int status = settings_begin(app, arguments, &access->settings);
	if (!status && inventory && strcmp(inventory, "-") == 0 && strcmp(policy, "-") == 0)
		status = options_misuse(app, arguments->command,
			"standard input cannot be the inventory and the policy");
	if (!status)
		status = knowledge_open(app, arguments, &access->knowledge);
	if (!status)
		status = settings_find(&access->settings, policy);
	if (!status && !editing_open(app, policy, &access->opened))
		status = EXIT_TROUBLE;
	if (status)
		return status;
	warn(access);
	return join(access);
}

void access_close(struct access *access)
{
	hj_reach_free(access->reach);
	if (access->is_joined)
		joined_free(&access->joined);
	editing_close(&access->opened);
	knowledge_close(&access->knowledge);
	settings_end(&access->settings);
	hj_text_free(&access->text);
}

bool access_wants(const struct access *access, const char *format)
{
	return strcmp(access->format, format) == 0;
}

int access_complain(struct access *access, hj_slice text, hj_status status, const char *what)
{
	if (status == HJ_NO_MEMORY)
		return app_out_of_memory(access->app, access->opened.input.path);
	app_complain(access->app, access->opened.input.path, "\"%.*s\": %s", HJ_SLICE_ARGS(text),
		what ? what : hj_status_text(status));
	return EXIT_TROUBLE;
}

void access_pass_on(struct access *access)
{
	app_print(&access->app->out, hj_text_slice(&access->text));
	hj_text_clear(&access->text);
}

int access_pass(struct access *access)
{
	access_pass_on(access);
	return access->text.status ? app_out_of_memory(access->app, access->opened.input.path)
				   : EXIT_CLEAN;
}

/* -- rules ----------------------------------------------------------------------------------------- */

uint32_t access_line(const struct access *access, uint32_t node)
{
	const hj_document *document = access->opened.document;
	uint32_t start = hj_document_nodes(document)[node].start;
	return hj_source_place(access->opened.input.source, start, HJ_CODE_POINTS).line;
}

void access_lines_append(struct access *access, const hj_rule_place *rules, uint32_t count,
	uint32_t of_all, hj_text *out)
{
	if (count && rules[0].section == HJ_OF_NO_RULE) {
		hj_text_str(out, "no rules at all");
		return;
	}
	if (count > ACCESS_LINES)
		count = ACCESS_LINES;
	hj_text_str(out, of_all == 1 ? "line " : "lines ");
	for (uint32_t i = 0; i < count; i++)
		hj_text_printf(out, "%s%u", i ? ", " : "", access_line(access, rules[i].node));
	if (of_all > count)
		hj_text_printf(out, " and %u more", (unsigned)(of_all - count));
}

size_t access_width(hj_slice text)
{
	size_t width = 0;
	for (size_t i = 0; i < text.size; i++)
		width += ((unsigned char)text.data[i] & 0xC0) != 0x80;
	return width;
}

void access_names_append(const hj_access_names *names, hj_text *out)
{
	uint64_t more = names->of_all - names->count;
	for (uint32_t i = 0; i < names->count; i++) {
		bool last = i + 1 == names->count && !more;
		hj_text_str(out, i == 0 ? "" : last ? " and " : ", ");
		report_safe(out, names->items[i]);
	}
	if (more)
		hj_text_printf(out, " and %llu more", (unsigned long long)more);
}

/* -- JSON ------------------------------------------------------------------------------------------ */

static const char *section_name(hj_rule_section section)
{
	static const char *const names[] = {"", "acls", "grants", "ssh"};
	return names[section];
}

void access_emit_rules(struct access *access, const hj_rule_place *rules, uint32_t count)
{
	hj_emit *emit = &access->emit;
	hj_text text;
	hj_text_init(&text, access->app->allocator);
	hj_emit_array(emit, "rules");
	for (uint32_t i = 0; i < count; i++) {
		if (rules[i].section == HJ_OF_NO_RULE)
			continue;
		hj_text_clear(&text);
		hj_status status = hj_rule_text_append(&text, &access->joined.policy, rules[i]);
		if (status || text.status)
			access->text.status = HJ_NO_MEMORY;
		hj_emit_object(emit, NULL);
		hj_emit_string(emit, "section", hj_slice_str(section_name(rules[i].section)));
		hj_emit_number(emit, "index", rules[i].index);
		hj_emit_number(emit, "line", access_line(access, rules[i].node));
		hj_emit_raw(emit, "rule", hj_text_slice(&text));
		hj_emit_end(emit);
	}
	hj_emit_end(emit);
	hj_text_free(&text);
}

void access_emit_names(struct access *access, const char *name, const hj_access_names *names)
{
	hj_emit *emit = &access->emit;
	hj_emit_array(emit, name);
	for (uint32_t i = 0; i < names->count; i++)
		hj_emit_string(emit, NULL, names->items[i]);
	hj_emit_end(emit);
}

void access_emit_words(struct access *access, const char *name, const hj_words *words)
{
	hj_emit *emit = &access->emit;
	hj_emit_array(emit, name);
	for (uint32_t i = 0; words && i < words->count; i++)
		hj_emit_string(emit, NULL, hj_trim(words->items[i].text));
	hj_emit_end(emit);
}

void access_emit_services(struct access *access, const char *name, const hj_services *services)
{
	hj_emit *emit = &access->emit;
	hj_services_cursor cursor = {0};
	hj_service service;
	hj_text text;
	hj_text_init(&text, access->app->allocator);
	hj_emit_array(emit, name);
	while (hj_services_next(services, &cursor, &service)) {
		hj_text_clear(&text);
		hj_service_append(&text, service);
		if (text.status)
			access->text.status = HJ_NO_MEMORY;
		hj_emit_string(emit, NULL, hj_text_slice(&text));
	}
	hj_emit_end(emit);
	hj_text_free(&text);
}

void access_emit_target(struct access *access, const hj_access_target *target)
{
	hj_emit *emit = &access->emit;
	hj_emit_string(emit, "destination", target->destination);
	if (target->protocol >= 0)
		hj_emit_number(emit, "protocol", (uint64_t)target->protocol);
	else
		hj_emit_null(emit, "protocol");
	if (target->port >= 0)
		hj_emit_number(emit, "port", (uint64_t)target->port);
	else
		hj_emit_null(emit, "port");
}
