#include "cmd/snapshotting.h"

static const char before[] =
	"{\n\t// What can be reached today, as `hujson test --snapshot` saw it.\n\t\"tests\": ";

/* The section as a document of its own, in canonical layout. */
static hj_status print_section(struct app *app, hj_slice tests)
{
	hj_source *source = NULL;
	hj_document *document = NULL;
	hj_text text, formatted;
	hj_text_init(&text, app->allocator);
	hj_text_init(&formatted, app->allocator);
	hj_text_str(&text, before);
	hj_text_append(&text, tests);
	hj_text_str(&text, ",\n}\n");
	hj_status status = text.status ? text.status : hj_source_adopt(NULL, &text, &source);
	if (!status)
		status = hj_parse(source, 0, &document);
	if (!status)
		status = hj_format(
			document, &(hj_format_options){.allocator = app->allocator}, &formatted);
	if (!status)
		app_print(&app->out, hj_text_slice(&formatted));
	hj_document_free(document);
	hj_source_free(source);
	hj_text_free(&text);
	hj_text_free(&formatted);
	return status;
}

/* A patch that adds each test to those that are there, or the section where there is none. */
static hj_status write_patch(
	const hj_document *document, uint32_t section, const hj_document *tests, hj_text *out)
{
	const hj_node *nodes = hj_document_nodes(tests);
	hj_source *source = hj_document_source(tests);
	hj_text pointer;
	hj_text_init(&pointer, out->allocator);
	hj_status status = section ? hj_pointer_of(document, section, &pointer) : HJ_OK;
	hj_text_str(&pointer, section ? "/-" : "/tests");
	hj_text_byte(out, '[');
	uint32_t end = section ? nodes[0].next : 1;
	for (uint32_t at = section ? hj_node_first(0) : 0; at < end && !status;
		at = nodes[at].next) {
		hj_text_str(out,
			out->size > 1 ? ",{\"op\":\"add\",\"path\":" : "{\"op\":\"add\",\"path\":");
		hj_string_encode(hj_text_slice(&pointer), out);
		hj_text_str(out, ",\"value\":");
		hj_text_append(out, hj_source_slice(source, hj_node_span(&nodes[at])));
		hj_text_byte(out, '}');
	}
	hj_text_byte(out, ']');
	if (!status)
		status = pointer.status ? pointer.status : out->status;
	hj_text_free(&pointer);
	return status;
}

static hj_status parse_text(hj_text *text, hj_source **source, hj_document **document)
{
	hj_status status = text->status ? text->status : hj_source_adopt(NULL, text, source);
	return status ? status : hj_parse(*source, 0, document);
}

/* With what does a document indent the members of its root? */
static hj_slice indentation_of(const hj_document *document)
{
	const hj_node *nodes = hj_document_nodes(document);
	const char *data = hj_document_source(document)->data;
	uint32_t end = nodes[0].next > 1 ? nodes[1].start : 0, start = end;
	while (start > 0 && (data[start - 1] == ' ' || data[start - 1] == '\t'))
		start--;
	bool whole = start < end && start > 0 && data[start - 1] == '\n';
	return whole ? hj_slice_of(data + start, end - start) : HJ_SLICE("\t");
}

/* In canonical layout, indented like the document: an edit shifts what it inserts, no more. */
static hj_status lay_out(hj_text *tests, hj_slice indentation)
{
	hj_source *source = NULL;
	hj_document *document = NULL;
	hj_text formatted;
	hj_text_init(&formatted, tests->allocator);
	hj_status status = parse_text(tests, &source, &document);
	if (!status)
		status = hj_format(
			document, &(hj_format_options){.allocator = tests->allocator}, &formatted);
	bool leading = true;
	for (size_t i = 0; i < formatted.size; i++) {
		char byte = formatted.data[i];
		leading = byte == '\n' || (leading && byte == '\t');
		if (leading && byte == '\t')
			hj_text_append(tests, indentation);
		else
			hj_text_byte(tests, byte);
	}
	hj_document_free(document);
	hj_source_free(source);
	hj_text_free(&formatted);
	return status ? status : tests->status;
}

/* A list that stands on one line gets lines of its own, where the layout is to be canonical. */
static hj_status break_list(const struct opened *target, uint32_t list, hj_edits *edits)
{
	const hj_node *nodes = hj_document_nodes(target->document);
	bool canonical = false;
	if (!list || nodes[list].next == list + 1 || nodes[list + 1].bits & HJ_LEAD_BREAK)
		return HJ_OK;
	const hj_allocator *allocator = edits->arena.allocator;
	hj_status status = hj_format_is(
		target->document, &(hj_format_options){.allocator = allocator}, &canonical);
	if (status || !canonical)
		return status == HJ_TOO_LARGE ? HJ_OK : status;
	hj_edits all;
	uint32_t after = nodes[list].start + 1;
	hj_edits_init(&all, allocator);
	hj_edits_add(&all, (hj_span){after, after}, HJ_SLICE("\n"));
	for (size_t i = 0; i < edits->count; i++)
		hj_edits_add(&all, edits->items[i].span, edits->items[i].text);
	hj_edits_free(edits);
	*edits = all;
	return all.status;
}

static hj_status make_edits(const struct opened *target, const struct tested *tested,
	hj_text *tests, hj_edits *edits, hj_text *why)
{
	hj_source *sources[2] = {NULL, NULL};
	hj_document *documents[2] = {NULL, NULL};
	hj_text patch;
	hj_text_init(&patch, edits->arena.allocator);
	hj_status status = lay_out(tests, indentation_of(target->document));
	if (!status)
		status = parse_text(tests, &sources[0], &documents[0]);
	if (!status)
		status = write_patch(
			target->document, tested->joined.policy.tests.node, documents[0], &patch);
	if (!status)
		status = parse_text(&patch, &sources[1], &documents[1]);
	if (!status)
		status = hj_patch_apply(target->document, documents[1], HJ_PATCH_KIND, edits, why);
	if (!status)
		status = break_list(target, tested->joined.policy.tests.node, edits);
	if (!status)
		status = editing_format_again(target, edits);
	for (size_t i = 0; i < 2; i++) {
		hj_document_free(documents[i]);
		hj_source_free(sources[i]);
	}
	hj_text_free(&patch);
	return status;
}

static int deliver(struct app *app, const struct arguments *arguments, const struct opened *target,
	const struct tested *tested, hj_text *tests, const hj_snapshot *taken)
{
	const char *path = target->input.path;
	hj_edits edits;
	hj_text why;
	hj_edits_init(&edits, app->allocator);
	hj_text_init(&why, app->allocator);
	hj_status status = taken->entries ? make_edits(target, tested, tests, &edits, &why) : HJ_OK;
	int result = status ? editing_complain(app, path, NULL, status, hj_text_slice(&why))
			    : editing_deliver(app, arguments, target, &edits);
	hj_edits_free(&edits);
	hj_text_free(&why);
	return result;
}

static int snapshot(struct app *app, const struct arguments *arguments, hj_slice tailnet,
	const struct knowledge *knowledge, const struct opened *target)
{
	const char *path = target->input.path;
	struct tested tested;
	bool change = options_has(arguments, "write") || options_has(arguments, "diff");
	int result = testing_run(knowledge, path, target->document, tailnet, false, &tested);
	if (result)
		return result;
	hj_text tests;
	hj_snapshot taken;
	hj_text_init(&tests, app->allocator);
	hj_status status =
		hj_snapshot_append(tested.reach, 0, change, app->allocator, &tests, &taken);
	if (!status && change)
		result = deliver(app, arguments, target, &tested, &tests, &taken);
	else if (!status)
		status = print_section(app, hj_text_slice(&tests));
	if (status)
		result = editing_complain(app, path, NULL, status, HJ_SLICE(""));
	else if (taken.cut)
		app_complain(app, path,
			"the snapshot stops after %u assertions: there would be more",
			taken.assertions);
	hj_text_free(&tests);
	testing_free(&tested);
	return result;
}

int snapshotting_run(struct app *app, const struct arguments *arguments, struct settings *settings,
	const struct knowledge *knowledge)
{
	static const char *const others[] = {"run", "format", "coverage"};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (options_has(arguments, others[i]))
			return options_misuse(app, arguments->command,
				"--snapshot and --%s exclude each other", others[i]);
	if (arguments->operand_count > 1)
		return options_misuse(app, arguments->command, "--snapshot wants one file");
	const char *path = arguments->operand_count ? arguments->operands[0] : "-";
	if (options_has(arguments, "write") && strcmp(path, "-") == 0)
		return options_misuse(
			app, arguments->command, "--write needs a file, not standard input");
	int status = settings_find(settings, path);
	if (status)
		return status;
	struct opened target = {0};
	status = editing_open(app, path, &target)
		? snapshot(app, arguments, settings->options.tailnet, knowledge, &target)
		: EXIT_TROUBLE;
	editing_close(&target);
	return status;
}
