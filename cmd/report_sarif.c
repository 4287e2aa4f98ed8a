/*
 * SARIF 2.1.0 as GitHub's code scanning wants it, and what editors make of the rest: rules with
 * their pages, related places, fixes. Paths are relative to a root that the reader knows; columns
 * count units of UTF-16, the default of the format, since some readers know no other.
 */
#include "cmd/escape.h"
#include "cmd/families.h"
#include "cmd/fingerprint.h"
#include "cmd/report.h"

extern const struct report_format report_sarif;

enum { MOST_DESCRIBED = 1000 }; /* bytes of a description, of which GitHub takes 1,024 characters */

static const char *const levels[] = {"error", "warning", "note"};

static void put_message(hj_emit *emit, const char *name, hj_slice text)
{
	hj_emit_object(emit, name);
	hj_emit_string(emit, "text", text);
	hj_emit_end(emit);
}

/* -- rules ------------------------------------------------------------------------------------- */

/* "undefined-tag" → "UndefinedTag", as the format wants names of rules. */
static void put_name(hj_emit *emit, const hj_rule *rule)
{
	char name[128];
	size_t size = 0;
	bool capital = true;
	for (const char *at = rule->name; *at && size < sizeof name; at++) {
		if (*at != '-')
			name[size++] =
				capital && *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
		capital = *at == '-';
	}
	hj_emit_string(emit, "name", hj_slice_of(name, size));
}

static void put_description(hj_emit *emit, const char *name, const char *text)
{
	hj_slice whole = hj_slice_str(text);
	if (whole.size > MOST_DESCRIBED) {
		whole.size = MOST_DESCRIBED;
		while (whole.size && ((unsigned char)whole.data[whole.size] & 0xC0) == 0x80)
			whole.size--;
	}
	put_message(emit, name, whole);
}

static void put_help(struct report *report, const hj_rule *rule)
{
	hj_emit *emit = &report->emit;
	const char *fix = rule->fix ? rule->fix : rule->summary;
	hj_text page;
	hj_text_init(&page, report->app->allocator);
	hj_emit_object(emit, "help");
	hj_text_printf(&page, "%s. `hujson explain %s` says more.\n", fix, rule->name);
	hj_emit_string(emit, "text", hj_text_slice(&page));
	hj_text_clear(&page);
	escape_markdown(&page, hj_slice_str(fix));
	hj_text_printf(&page, ". `hujson explain %s` says more.\n", rule->name);
	if (rule->inventory) {
		hj_text_str(&page, "\nWith `--inventory`:\n\n");
		escape_fenced(&page, hj_slice_str(rule->inventory));
	}
	if (rule->bad && rule->good) {
		hj_text_str(&page, "\nBad:\n\n");
		escape_fenced(&page, hj_slice_str(rule->bad));
		hj_text_str(&page, "\nGood:\n\n");
		escape_fenced(&page, hj_slice_str(rule->good));
	}
	if (rule->service) {
		hj_text_str(&page, "\nThe service says: ");
		escape_markdown(&page, hj_slice_str(rule->service));
		hj_text_byte(&page, '\n');
	}
	hj_emit_string(emit, "markdown", hj_text_slice(&page));
	hj_emit_end(emit);
	report_fail(report, page.status);
	hj_text_free(&page);
}

static void put_rule(struct report *report, const hj_rule *rule)
{
	static const char *const severities[] = {"error", "warning", "recommendation"};
	hj_emit *emit = &report->emit;
	hj_emit_object(emit, NULL);
	hj_emit_string(emit, "id", hj_slice_str(rule->code));
	put_name(emit, rule);
	put_description(emit, "shortDescription", rule->summary);
	put_description(emit, "fullDescription", rule->why ? rule->why : rule->summary);
	put_help(report, rule);
	hj_emit_object(emit, "defaultConfiguration");
	hj_emit_bool(emit, "enabled", !rule->off);
	hj_emit_string(emit, "level", hj_slice_str(levels[rule->severity]));
	hj_emit_end(emit);
	hj_emit_object(emit, "properties");
	hj_emit_array(emit, "tags");
	hj_emit_string(emit, NULL, hj_slice_str(family_of(rule)->name));
	hj_emit_end(emit);
	hj_emit_string(emit, "precision",
		rule->severity == HJ_ERROR_LEVEL ? HJ_SLICE("very-high") : HJ_SLICE("high"));
	hj_emit_string(emit, "problem.severity", hj_slice_str(severities[rule->severity]));
	hj_emit_end(emit);
	hj_emit_end(emit);
	report_pass(report, &report->text);
}

static void begin(struct report *report)
{
	hj_emit *emit = &report->emit;
	hj_emit_object(emit, NULL);
	hj_emit_string(emit, "$schema", HJ_SLICE("https://json.schemastore.org/sarif-2.1.0.json"));
	hj_emit_string(emit, "version", HJ_SLICE("2.1.0"));
	hj_emit_array(emit, "runs");
	hj_emit_object(emit, NULL);
	hj_emit_object(emit, "tool");
	hj_emit_object(emit, "driver");
	hj_emit_string(emit, "name", HJ_SLICE("hujson"));
	hj_emit_string(emit, "semanticVersion", HJ_SLICE(HJ_VERSION));
	hj_emit_array(emit, "rules");
	for (size_t i = 0, count = hj_rule_count(); i < count; i++)
		put_rule(report, hj_rule_at(i));
	hj_emit_end(emit);
	hj_emit_end(emit);
	hj_emit_end(emit);
	hj_emit_string(emit, "columnKind", HJ_SLICE("utf16CodeUnits"));
	hj_emit_object(emit, "originalUriBaseIds");
	hj_emit_object(emit, "SRCROOT");
	put_message(emit, "description", HJ_SLICE("The folder that hujson was run in."));
	hj_emit_end(emit);
	hj_emit_end(emit);
	hj_emit_object(emit, "automationDetails");
	hj_emit_string(emit, "id", HJ_SLICE("hujson/"));
	hj_emit_end(emit);
	hj_emit_array(emit, "results");
	report_pass(report, &report->text);
}

/* -- results ----------------------------------------------------------------------------------- */

static void put_artifact(struct report *report, const struct report_file *file)
{
	hj_emit *emit = &report->emit;
	hj_slice path = escape_relative(file->path);
	hj_text uri;
	hj_text_init(&uri, report->app->allocator);
	escape_uri(&uri, path);
	hj_emit_object(emit, "artifactLocation");
	hj_emit_string(emit, "uri", hj_text_slice(&uri));
	if (path.size && path.data[0] != '/')
		hj_emit_string(emit, "uriBaseId", HJ_SLICE("SRCROOT"));
	hj_emit_end(emit);
	report_fail(report, uri.status);
	hj_text_free(&uri);
}

static void put_region(struct report *report, const char *name, hj_source *source, hj_span span)
{
	hj_emit *emit = &report->emit;
	hj_place start = report_place_in(report, source, span.start, HJ_UTF16);
	hj_place end = report_place_in(report, source, span.end, HJ_UTF16);
	hj_emit_object(emit, name);
	hj_emit_number(emit, "startLine", start.line);
	hj_emit_number(emit, "startColumn", start.column);
	hj_emit_number(emit, "endLine", end.line);
	hj_emit_number(emit, "endColumn", end.column);
	hj_emit_end(emit);
}

static void put_place(struct report *report, const struct report_file *file, hj_span span)
{
	hj_emit *emit = &report->emit;
	hj_emit_object(emit, "physicalLocation");
	put_artifact(report, file);
	put_region(report, "region", file->source, span);
	hj_emit_end(emit);
}

static void put_related(
	struct report *report, const struct report_file *file, const hj_finding *finding)
{
	hj_emit *emit = &report->emit;
	if (finding->related_count == 0)
		return;
	hj_emit_array(emit, "relatedLocations");
	for (size_t i = 0; i < finding->related_count; i++) {
		hj_emit_object(emit, NULL);
		hj_emit_number(emit, "id", i);
		put_message(emit, "message", finding->related[i].message);
		put_place(report, file, finding->related[i].span);
		hj_emit_end(emit);
	}
	hj_emit_end(emit);
}

static void put_fix(
	struct report *report, const struct report_file *file, const hj_finding *finding)
{
	hj_emit *emit = &report->emit;
	if (finding->edit_count == 0)
		return;
	hj_emit_array(emit, "fixes");
	hj_emit_object(emit, NULL);
	put_message(emit, "description", report_fix_text(finding));
	hj_emit_array(emit, "artifactChanges");
	hj_emit_object(emit, NULL);
	put_artifact(report, file);
	hj_emit_array(emit, "replacements");
	for (size_t i = 0; i < finding->edit_count; i++) {
		hj_emit_object(emit, NULL);
		put_region(report, "deletedRegion", file->source, finding->edits[i].span);
		put_message(emit, "insertedContent", finding->edits[i].text);
		hj_emit_end(emit);
	}
	hj_emit_end(emit);
	hj_emit_end(emit);
	hj_emit_end(emit);
	hj_emit_end(emit);
	hj_emit_end(emit);
}

/* A rule that is not in the registry has no index. */
static void put_rule_index(hj_emit *emit, const hj_rule *rule)
{
	for (size_t i = 0, count = hj_rule_count(); i < count; i++)
		if (hj_rule_at(i) == rule) {
			hj_emit_number(emit, "ruleIndex", i);
			return;
		}
}

static void put_text(struct report *report, const hj_finding *finding)
{
	hj_text text;
	hj_text_init(&text, report->app->allocator);
	hj_text_append(&text, finding->message);
	if (finding->help.size) {
		hj_text_str(&text, "\nhelp: ");
		hj_text_append(&text, finding->help);
	}
	put_message(&report->emit, "message", hj_text_slice(&text));
	report_fail(report, text.status);
	hj_text_free(&text);
}

static void put_print(struct report *report, const struct fingerprints *prints, uint32_t line)
{
	if (line > prints->count)
		return;
	const struct fingerprint *print = &prints->items[line - 1];
	hj_text text;
	hj_text_init(&text, report->app->allocator);
	hj_text_printf(&text, "%llx:%u", (unsigned long long)print->hash, print->count);
	hj_emit_object(&report->emit, "partialFingerprints");
	hj_emit_string(&report->emit, "primaryLocationLineHash", hj_text_slice(&text));
	hj_emit_end(&report->emit);
	report_fail(report, text.status);
	hj_text_free(&text);
}

static void put_result(struct report *report, const struct report_file *file,
	const hj_finding *finding, const struct fingerprints *prints)
{
	hj_emit *emit = &report->emit;
	hj_emit_object(emit, NULL);
	hj_emit_string(emit, "ruleId", hj_slice_str(finding->rule->code));
	put_rule_index(emit, finding->rule);
	hj_emit_string(emit, "level", hj_slice_str(levels[finding->severity]));
	put_text(report, finding);
	hj_emit_array(emit, "locations");
	hj_emit_object(emit, NULL);
	put_place(report, file, finding->span);
	hj_emit_end(emit);
	hj_emit_end(emit);
	put_related(report, file, finding);
	put_print(
		report, prints, hj_source_place(file->source, finding->span.start, HJ_BYTES).line);
	put_fix(report, file, finding);
	hj_emit_end(emit);
	report_pass(report, &report->text);
}

static void file(struct report *report, const struct report_file *file)
{
	if (file->findings->count == 0)
		return;
	struct fingerprints prints;
	fingerprints_init(&prints, report->app->allocator);
	hj_source *source = file->source;
	report_fail(
		report, fingerprints_of_lines(&prints, hj_slice_of(source->data, source->size)));
	for (size_t i = 0; i < file->findings->count; i++)
		put_result(report, file, &file->findings->items[i], &prints);
	fingerprints_free(&prints);
}

/* What went wrong with the run comes last: it is not known before. */
static void end(struct report *report)
{
	hj_emit *emit = &report->emit;
	bool trouble = report->status >= EXIT_TROUBLE;
	hj_emit_end(emit);
	hj_emit_array(emit, "invocations");
	hj_emit_object(emit, NULL);
	hj_emit_bool(emit, "executionSuccessful", !trouble);
	hj_emit_number(emit, "exitCode", (unsigned)report->status);
	if (trouble) {
		hj_emit_array(emit, "toolExecutionNotifications");
		hj_emit_object(emit, NULL);
		hj_emit_string(emit, "level", HJ_SLICE("error"));
		put_message(emit, "message",
			HJ_SLICE("Some input could not be checked; standard error says which."));
		hj_emit_end(emit);
		hj_emit_end(emit);
	}
	hj_emit_end(emit);
	hj_emit_end(emit);
	hj_emit_end(emit);
	hj_emit_end(emit);
	hj_emit_end(emit);
	hj_text_byte(&report->text, '\n');
	report_pass(report, &report->text);
}

const struct report_format report_sarif = {
	.name = "sarif",
	.summary = "SARIF 2.1.0, for code scanning and editors",
	.begin = begin,
	.file = file,
	.end = end,
};
