#include "cmd/rules_page.h"

#include "cmd/escape.h"

/* -- what the rows do not say -------------------------------------------------------------------- */

static bool finds_edits(struct app *app, const hj_rule *rule, const hj_document *document)
{
	size_t count = hj_rule_count();
	bool *ignored = hj_alloc(app->allocator, count), fixable = false;
	if (!ignored)
		return false;
	for (size_t i = 0; i < count; i++)
		ignored[i] = hj_rule_at(i) != rule;
	hj_findings findings;
	hj_findings_init(&findings, app->allocator);
	if (!hj_lint(document, &(hj_lint_options){.ignored = ignored}, &findings))
		for (size_t i = 0; i < findings.count; i++)
			fixable = fixable || findings.items[i].edit_count;
	hj_findings_free(&findings);
	hj_free(app->allocator, ignored, count);
	return fixable;
}

bool rule_fixable(struct app *app, const hj_rule *rule)
{
	hj_source *source = NULL;
	hj_document *document = NULL;
	if (!rule->bad || hj_source_copy(app->allocator, NULL, hj_slice_str(rule->bad), &source))
		return false;
	bool fixable = !hj_parse(source, 0, &document) && finds_edits(app, rule, document);
	hj_document_free(document);
	hj_source_free(source);
	return fixable;
}

/* -- the page, whatever it is written in --------------------------------------------------------- */

struct page {
	struct app *app;
	hj_text text;
};

/* How a page's parts are written. */
struct style {
	void (*begin)(struct page *page);
	void (*row)(struct page *page, const hj_rule *rule); /* of the table of contents */
	void (*middle)(struct page *page);                   /* between the table and the rules */
	void (*family)(struct page *page, const struct family *family);
	void (*rule)(struct page *page, const hj_rule *rule);
	void (*end)(struct page *page);
};

static void pass(struct page *page)
{
	struct stream *out = &page->app->out;
	app_print(out, hj_text_slice(&page->text));
	hj_text_clear(&page->text);
}

static int print_page(struct app *app, const struct style *style)
{
	struct page page = {.app = app};
	hj_text_init(&page.text, app->allocator);
	style->begin(&page);
	size_t count = hj_rule_count();
	for (size_t i = 0; i < count; i++)
		style->row(&page, hj_rule_at(i));
	style->middle(&page);
	const struct family *last = NULL;
	for (size_t i = 0; i < count; i++) {
		const hj_rule *rule = hj_rule_at(i);
		if (family_of(rule) != last)
			style->family(&page, last = family_of(rule));
		style->rule(&page, rule);
		pass(&page);
	}
	style->end(&page);
	pass(&page);
	int status = page.text.status ? app_out_of_memory(app, NULL) : EXIT_CLEAN;
	hj_text_free(&page.text);
	return status;
}

static const char introduction[] =
	"An error is what the service refuses, or what loses data. A warning is accepted and "
	"probably not what was meant. An info is worth knowing. Rules that are off are looked for "
	"when they are selected.";

/* -- Markdown ------------------------------------------------------------------------------------ */

static void begin_markdown(struct page *page)
{
	hj_text_printf(&page->text,
		"# Rules of hujson lint\n\n"
		"The %zu rules of hujson " HJ_VERSION ". %s\n\n"
		"| Code | Name | Severity | | Finds |\n|---|---|---|---|---|\n",
		hj_rule_count(), introduction);
}

static void put_anchor(hj_text *out, const hj_rule *rule)
{
	/* As GitHub and GitLab make it from the heading. */
	for (const char *at = rule->code; *at; at++)
		hj_text_byte(out, *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at);
	hj_text_printf(out, "-%s", rule->name);
}

static void row_markdown(struct page *page, const hj_rule *rule)
{
	hj_text *out = &page->text;
	hj_text_printf(out, "| [%s](#", rule->code);
	put_anchor(out, rule);
	hj_text_printf(out, ") | %s | %s | %s | ", rule->name, hj_severity_text(rule->severity),
		rule->off ? "off" : "");
	escape_markdown(out, hj_slice_str(rule->summary));
	hj_text_str(out, " |\n");
}

static void middle_markdown(struct page *page)
{
	(void)page;
}

static void family_markdown(struct page *page, const struct family *family)
{
	hj_text_printf(&page->text, "\n## %s\n\n", family->title);
	escape_markdown(&page->text, hj_slice_str(family->explains));
	hj_text_byte(&page->text, '\n');
}

static void paragraph_markdown(hj_text *out, const char *label, const char *text)
{
	if (!text)
		return;
	hj_text_printf(out, "\n%s", label);
	escape_markdown(out, hj_slice_str(text));
	hj_text_byte(out, '\n');
}

static void rule_markdown(struct page *page, const hj_rule *rule)
{
	hj_text *out = &page->text;
	hj_text_printf(out, "\n### %s %s\n\n*%s, %s%s*\n", rule->code, rule->name,
		hj_severity_text(rule->severity), rule->off ? "off unless selected" : "on",
		rule_fixable(page->app, rule) ? ", comes with a fix" : "");
	paragraph_markdown(out, "Finds: ", rule->summary);
	paragraph_markdown(out, "", rule->why);
	if (rule->inventory) {
		hj_text_str(out, "\nWith `--inventory`:\n\n");
		escape_fenced(out, hj_slice_str(rule->inventory));
	}
	if (rule->bad && rule->good) {
		hj_text_str(out, "\nBad:\n\n");
		escape_fenced(out, hj_slice_str(rule->bad));
		hj_text_str(out, "\nGood:\n\n");
		escape_fenced(out, hj_slice_str(rule->good));
	}
	paragraph_markdown(out, "To mend it: ", rule->fix);
	paragraph_markdown(out, "The service says: ", rule->service);
}

int rules_page_markdown(struct app *app)
{
	static const struct style style = {begin_markdown, row_markdown, middle_markdown,
		family_markdown, rule_markdown, middle_markdown};
	return print_page(app, &style);
}

/* -- HTML: one file without scripts or anything to fetch ------------------------------------------- */

static void begin_html(struct page *page)
{
	hj_text *out = &page->text;
	hj_text_str(out,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
		"<title>Rules of hujson lint</title>\n<style>\n"
		":root { color-scheme: light dark; }\n"
		"body { font: 16px/1.5 system-ui, sans-serif; max-width: 50em; margin: 2em auto; "
		"padding: 0 1em; }\n"
		"table { border-collapse: collapse; }\n"
		"td, th { text-align: left; vertical-align: top; padding: .1em .8em .1em 0; }\n"
		"pre { padding: .6em .8em; overflow-x: auto; border-left: 4px solid; tab-size: 4; "
		"}\n"
		"pre.bad { border-color: #c33; }\npre.good { border-color: #393; }\n"
		".facts { opacity: .75; }\n"
		"</style>\n</head>\n<body>\n<h1>Rules of hujson lint</h1>\n");
	hj_text_printf(out, "<p>The %zu rules of hujson " HJ_VERSION ". %s</p>\n<table>\n",
		hj_rule_count(), introduction);
	hj_text_str(out,
		"<tr><th>Code</th><th>Name</th><th>Severity</th><th></th><th>Finds</th>"
		"</tr>\n");
}

static void row_html(struct page *page, const hj_rule *rule)
{
	hj_text *out = &page->text;
	hj_text_printf(out,
		"<tr><td><a href=\"#%s\">%s</a></td><td>%s</td><td>%s</td><td>%s</td><td>",
		rule->code, rule->code, rule->name, hj_severity_text(rule->severity),
		rule->off ? "off" : "");
	escape_xml(out, hj_slice_str(rule->summary));
	hj_text_str(out, "</td></tr>\n");
}

static void middle_html(struct page *page)
{
	hj_text_str(&page->text, "</table>\n");
}

static void paragraph_html(hj_text *out, const char *label, const char *text)
{
	if (!text)
		return;
	hj_text_printf(out, "<p>%s", label);
	escape_xml(out, hj_slice_str(text));
	hj_text_str(out, "</p>\n");
}

static void family_html(struct page *page, const struct family *family)
{
	hj_text_printf(&page->text, "<h2>%s</h2>\n", family->title);
	paragraph_html(&page->text, "", family->explains);
}

static void rule_html(struct page *page, const hj_rule *rule)
{
	hj_text *out = &page->text;
	hj_text_printf(out,
		"<section id=\"%s\">\n<h3 id=\"%s\">%s %s</h3>\n<p class=\"facts\">%s, %s%s</p>\n",
		rule->code, rule->name, rule->code, rule->name, hj_severity_text(rule->severity),
		rule->off ? "off unless selected" : "on",
		rule_fixable(page->app, rule) ? ", comes with a fix" : "");
	paragraph_html(out, "Finds: ", rule->summary);
	paragraph_html(out, "", rule->why);
	if (rule->inventory) {
		hj_text_str(out, "<p>With <code>--inventory</code>:</p>\n<pre>");
		escape_pre(out, hj_slice_str(rule->inventory));
		hj_text_str(out, "</pre>\n");
	}
	if (rule->bad && rule->good) {
		hj_text_str(out, "<p>Bad:</p>\n<pre class=\"bad\">");
		escape_pre(out, hj_slice_str(rule->bad));
		hj_text_str(out, "</pre>\n<p>Good:</p>\n<pre class=\"good\">");
		escape_pre(out, hj_slice_str(rule->good));
		hj_text_str(out, "</pre>\n");
	}
	paragraph_html(out, "To mend it: ", rule->fix);
	paragraph_html(out, "The service says: ", rule->service);
	hj_text_str(out, "</section>\n");
}

static void end_html(struct page *page)
{
	hj_text_str(&page->text, "</body>\n</html>\n");
}

int rules_page_html(struct app *app)
{
	static const struct style style = {
		begin_html, row_html, middle_html, family_html, rule_html, end_html};
	return print_page(app, &style);
}
