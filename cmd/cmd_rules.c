#include "cmd/command.h"
#include "cmd/options.h"
#include "cmd/rule_list.h"
#include "cmd/rules_page.h"

extern const struct command cmd_rules, cmd_explain;

enum { WIDTH = 80 }; /* columns of a page */

static const struct option rules_options[] = {
	{"format", 0, "FORMAT", "text|json|markdown|html", "how they are printed"},
};

static const struct option explain_options[] = {
	{"format", 0, "FORMAT", "text|json", "how it is printed"},
};

static bool wants(const struct arguments *arguments, const char *name)
{
	const char *format = options_value(arguments, "format");
	return format && strcmp(format, name) == 0;
}

/* -- JSON -------------------------------------------------------------------------------------- */

static void emit_text(hj_emit *emit, const char *name, const char *text)
{
	if (text)
		hj_emit_string(emit, name, hj_slice_str(text));
	else
		hj_emit_null(emit, name);
}

static void emit_rule(struct app *app, hj_emit *emit, const hj_rule *rule)
{
	hj_emit_object(emit, NULL);
	emit_text(emit, "rule", rule->name);
	emit_text(emit, "code", rule->code);
	emit_text(emit, "family", family_of(rule)->name);
	emit_text(emit, "severity", hj_severity_text(rule->severity));
	hj_emit_bool(emit, "on", !rule->off);
	hj_emit_bool(emit, "fixable", rule_fixable(app, rule));
	emit_text(emit, "summary", rule->summary);
	emit_text(emit, "why", rule->why);
	emit_text(emit, "inventory", rule->inventory);
	emit_text(emit, "bad", rule->bad);
	emit_text(emit, "good", rule->good);
	emit_text(emit, "fix", rule->fix);
	emit_text(emit, "service", rule->service);
	hj_emit_end(emit);
}

/* {"rules": [...]} of those that are chosen; NULL: of all. */
static int print_json(struct app *app, const bool *chosen)
{
	hj_text text;
	hj_text_init(&text, app->allocator);
	hj_emit emit;
	hj_emit_init(&emit, &text, 2);
	hj_emit_object(&emit, NULL);
	hj_emit_array(&emit, "rules");
	for (size_t i = 0, count = hj_rule_count(); i < count; i++)
		if (!chosen || chosen[i])
			emit_rule(app, &emit, hj_rule_at(i));
	hj_emit_end(&emit);
	hj_emit_end(&emit);
	hj_text_byte(&text, '\n');
	int status = text.status ? app_out_of_memory(app, NULL) : EXIT_CLEAN;
	app_print(&app->out, hj_text_slice(&text));
	hj_text_free(&text);
	return status;
}

/* -- text -------------------------------------------------------------------------------------- */

static int print_list(struct app *app)
{
	size_t widest = 0;
	for (size_t i = 0, count = hj_rule_count(); i < count; i++) {
		size_t width = strlen(hj_rule_at(i)->name);
		widest = width > widest ? width : widest;
	}
	for (size_t i = 0, count = hj_rule_count(); i < count; i++) {
		const hj_rule *rule = hj_rule_at(i);
		app_printf(&app->out, "%-5s %-*s %-8s %s%s\n", rule->code, (int)widest, rule->name,
			hj_severity_text(rule->severity), rule->summary,
			rule->off ? " (off unless selected)" : "");
	}
	return EXIT_CLEAN;
}

static void print_heading(struct stream *out, const char *heading)
{
	app_printf(out, "\n%s%s%s\n", out->color ? "\033[1m" : "", heading,
		out->color ? "\033[0m" : "");
}

/* A paragraph, wrapped at blanks and indented; a column is a byte, which is near enough. */
static void print_wrapped(struct stream *out, const char *text)
{
	size_t column = 0;
	while (*text) {
		size_t size = strcspn(text, " ");
		if (column && column + 1 + size > WIDTH) {
			app_print(out, HJ_SLICE("\n"));
			column = 0;
		}
		app_print(out, column ? HJ_SLICE(" ") : HJ_SLICE("    "));
		column += column ? 1 : 4;
		app_print(out, hj_slice_of(text, size));
		column += size;
		text += size;
		text += strspn(text, " ");
	}
	app_print(out, HJ_SLICE("\n"));
}

/* A document as it is, indented; tabs become blanks, and what a terminal obeys is escaped. */
static void print_document(struct stream *out, const char *text)
{
	while (*text) {
		app_print(out, HJ_SLICE("    "));
		while (*text && *text != '\n') {
			size_t size = strcspn(text, "\t\n");
			app_print_safe(out, hj_slice_of(text, size));
			text += size;
			if (*text == '\t') {
				app_print(out, HJ_SLICE("  "));
				text++;
			}
		}
		app_print(out, HJ_SLICE("\n"));
		text += *text == '\n';
	}
}

static void print_page(struct app *app, const hj_rule *rule)
{
	struct stream *out = &app->out;
	app_printf(out, "%s%s%s (%s, %s)\n", out->color ? "\033[1m" : "", rule->name,
		out->color ? "\033[0m" : "", rule->code, hj_severity_text(rule->severity));
	print_wrapped(out, rule->summary);
	app_printf(out, "    family: %s; %s%s\n", family_of(rule)->name,
		rule->off ? "off unless selected" : "on unless ignored",
		rule_fixable(app, rule) ? "; findings come with a fix" : "");
	if (rule->why) {
		print_heading(out, "Why");
		print_wrapped(out, rule->why);
	}
	if (rule->inventory) {
		print_heading(out, "With --inventory");
		print_document(out, rule->inventory);
	}
	if (rule->bad && rule->good) {
		print_heading(out, "Bad");
		print_document(out, rule->bad);
		print_heading(out, "Good");
		print_document(out, rule->good);
	}
	if (rule->fix) {
		print_heading(out, "Fix");
		print_wrapped(out, rule->fix);
	}
	if (rule->service) {
		print_heading(out, "What the service says");
		print_wrapped(out, rule->service);
	}
}

static int run_rules(struct app *app, const struct arguments *arguments)
{
	if (arguments->operand_count)
		return options_misuse(app, arguments->command,
			"takes no operand: `hujson explain %s` shows one rule",
			arguments->operands[0]);
	if (wants(arguments, "markdown"))
		return rules_page_markdown(app);
	if (wants(arguments, "html"))
		return rules_page_html(app);
	return wants(arguments, "json") ? print_json(app, NULL) : print_list(app);
}

static int unknown_rule(struct app *app, const struct arguments *arguments, hj_slice unknown)
{
	const char *nearest = rule_list_nearest(unknown);
	if (nearest)
		return options_misuse(app, arguments->command, "no rule '%.*s', did you mean '%s'?",
			HJ_SLICE_ARGS(unknown), nearest);
	return options_misuse(app, arguments->command, "no rule '%.*s'", HJ_SLICE_ARGS(unknown));
}

static int run_explain(struct app *app, const struct arguments *arguments)
{
	if (arguments->operand_count == 0)
		return options_misuse(app, arguments->command, "which rule?");
	size_t count = hj_rule_count();
	bool *chosen = hj_alloc(app->allocator, count);
	if (!chosen)
		return app_out_of_memory(app, NULL);
	memset(chosen, 0, count);
	int status = EXIT_CLEAN;
	hj_slice unknown;
	for (size_t i = 0; !status && i < arguments->operand_count; i++)
		if (!rule_list_read(arguments->operands[i], chosen, &unknown))
			status = unknown_rule(app, arguments, unknown);
	if (!status && wants(arguments, "json")) {
		status = print_json(app, chosen);
	} else if (!status) {
		const char *between = "";
		for (size_t i = 0; i < count; i++) {
			if (!chosen[i])
				continue;
			app_print(&app->out, hj_slice_str(between));
			print_page(app, hj_rule_at(i));
			between = "\n\n";
		}
	}
	hj_free(app->allocator, chosen, count);
	return status;
}

const struct command cmd_rules = {
	.name = "rules",
	.operands = "",
	.summary = "list the rules of lint",
	.description =
		"Prints every rule with its code, severity and summary. The other formats "
		"also have what `hujson explain` prints: markdown and html are one page with "
		"all of it.\n",
	.options = rules_options,
	.option_count = sizeof rules_options / sizeof *rules_options,
	.examples = "$ hujson rules\n"
		    "# for a script\n"
		    "$ hujson rules --format json\n"
		    "# the reference as a page\n"
		    "$ hujson rules --format html >rules.html\n",
	.run = run_rules,
};

const struct command cmd_explain = {
	.name = "explain",
	.operands = "RULE...",
	.summary = "explain a rule of lint",
	.description =
		"Prints a rule's page: why it matters, an example that it finds and the same "
		"example mended, how to mend it, and what the service says to it. RULE is a name, "
		"a code, or the beginning of a code for all rules that begin so.\n",
	.options = explain_options,
	.option_count = sizeof explain_options / sizeof *explain_options,
	.examples = "$ hujson explain undefined-tag\n"
		    "$ hujson explain R002\n",
	.run = run_explain,
};
