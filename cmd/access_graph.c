/*
 * `access graph`: who reaches what as nodes and edges, for Graphviz and Mermaid.
 *
 * An edge is a line of the whole list, so what a wider edge says already is not drawn.
 */
#include "cmd/access.h"
#include "cmd/report.h"

struct graph {
	struct access *access;
	const hj_access_list *list;
	hj_map numbers; /* name → node */
	hj_slice *names;
	size_t count, capacity;
};

static uint32_t number_of(struct graph *graph, hj_slice name)
{
	const hj_allocator *allocator = graph->access->app->allocator;
	uint32_t *number = NULL;
	bool was_there = true;
	if (hj_map_put(&graph->numbers, name, (uint32_t)graph->count, &number, &was_there) ||
		hj_grow(allocator, &graph->names, &graph->capacity, graph->count + 1,
			sizeof *graph->names)) {
		graph->access->text.status = HJ_NO_MEMORY;
		return 0;
	}
	if (!was_there)
		graph->names[graph->count++] = name;
	return *number;
}

static void number_all(struct graph *graph)
{
	for (uint32_t i = 0; i < graph->list->count && !graph->access->text.status; i++) {
		number_of(graph, graph->list->lines[i].source);
		number_of(graph, graph->list->lines[i].destination);
	}
}

/* What stands at an edge: services, accounts or a capability, and conditions. */
static void put_label(hj_text *out, const hj_access_line *line)
{
	switch (line->kind) {
	case HJ_ACCESS_NETWORK: hj_services_append(out, &line->services); break;
	case HJ_ACCESS_APP: hj_text_append(out, line->capability); break;
	case HJ_ACCESS_SSH:
		hj_text_str(out, line->check ? "ssh, checked: " : "ssh: ");
		for (uint32_t i = 0; i < line->account_count; i++) {
			hj_text_str(out, i ? ", " : "");
			hj_text_append(out, line->accounts[i]);
		}
		break;
	}
	for (uint32_t i = 0; line->posture && i < line->posture->count; i++) {
		hj_text_str(out, i ? " or " : " with ");
		hj_text_append(out, hj_trim(line->posture->items[i].text));
	}
	for (uint32_t i = 0; line->via && i < line->via->count; i++) {
		hj_text_str(out, i ? " or " : " via ");
		hj_text_append(out, hj_trim(line->via->items[i].text));
	}
}

/* -- Graphviz -------------------------------------------------------------------------------------- */

/* A quoted id of the DOT language: only the quote and the backslash mean something in it. */
static void put_dot(hj_text *out, hj_slice text)
{
	hj_text safe;
	hj_text_init(&safe, out->allocator);
	report_safe(&safe, text);
	hj_text_byte(out, '"');
	for (size_t i = 0; i < safe.size; i++) {
		if (safe.data[i] == '"' || safe.data[i] == '\\')
			hj_text_byte(out, '\\');
		hj_text_byte(out, safe.data[i]);
	}
	hj_text_byte(out, '"');
	if (safe.status)
		out->status = safe.status;
	hj_text_free(&safe);
}

static const char *dot_shape(hj_slice name)
{
	if (hj_slice_starts(name, HJ_SLICE("tag:")) || hj_slice_starts(name, HJ_SLICE("svc:")))
		return "box";
	if (hj_slice_starts(name, HJ_SLICE("group:")) ||
		hj_slice_starts(name, HJ_SLICE("autogroup:")) ||
		hj_slice_starts(name, HJ_SLICE("user:")) ||
		(name.size && memchr(name.data, '@', name.size)))
		return "ellipse";
	return "note";
}

static void put_dot_graph(struct graph *graph)
{
	static const char *const styles[] = {"solid", "dashed", "dotted"};
	hj_text *out = &graph->access->text, label;
	hj_text_init(&label, graph->access->app->allocator);
	hj_text_str(out, "digraph access {\n\trankdir=LR;\n");
	for (size_t i = 0; i < graph->count; i++) {
		hj_text_byte(out, '\t');
		put_dot(out, graph->names[i]);
		hj_text_printf(out, " [shape=%s];\n", dot_shape(graph->names[i]));
	}
	for (uint32_t i = 0; i < graph->list->count; i++) {
		const hj_access_line *line = &graph->list->lines[i];
		hj_text_byte(out, '\t');
		put_dot(out, line->source);
		hj_text_str(out, " -> ");
		put_dot(out, line->destination);
		hj_text_clear(&label);
		put_label(&label, line);
		hj_text_str(out, " [label=");
		put_dot(out, hj_text_slice(&label));
		hj_text_printf(out, ", style=%s];\n", styles[line->kind]);
		access_pass_on(graph->access);
	}
	hj_text_str(out, "}\n");
	if (label.status)
		out->status = label.status;
	hj_text_free(&label);
}

/* -- Mermaid --------------------------------------------------------------------------------------- */

/* In quotes; what Mermaid or HTML might take for markup becomes a numbered entity. */
static void put_mermaid(hj_text *out, hj_slice text)
{
	hj_text safe;
	hj_text_init(&safe, out->allocator);
	report_safe(&safe, text);
	hj_text_byte(out, '"');
	for (size_t i = 0; i < safe.size; i++) {
		char byte = safe.data[i];
		bool plain = (byte & 0x80) || (byte >= 'a' && byte <= 'z') ||
			(byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
			memchr(" :.,-/@+", byte, 8);
		if (plain)
			hj_text_byte(out, byte);
		else
			hj_text_printf(out, "#%d;", byte);
	}
	hj_text_byte(out, '"');
	if (safe.status)
		out->status = safe.status;
	hj_text_free(&safe);
}

static void put_mermaid_graph(struct graph *graph)
{
	static const char *const before[] = {"--", "-.", "=="};
	static const char *const after[] = {"-->", ".->", "==>"};
	hj_text *out = &graph->access->text, label;
	hj_text_init(&label, graph->access->app->allocator);
	hj_text_str(out, "flowchart LR\n");
	for (size_t i = 0; i < graph->count; i++) {
		hj_text_printf(out, "    n%zu[", i);
		put_mermaid(out, graph->names[i]);
		hj_text_str(out, "]\n");
	}
	for (uint32_t i = 0; i < graph->list->count; i++) {
		const hj_access_line *line = &graph->list->lines[i];
		hj_text_clear(&label);
		put_label(&label, line);
		hj_text_printf(out, "    n%u %s ", (unsigned)number_of(graph, line->source),
			before[line->kind]);
		put_mermaid(out, hj_text_slice(&label));
		hj_text_printf(out, " %s n%u\n", after[line->kind],
			(unsigned)number_of(graph, line->destination));
		access_pass_on(graph->access);
	}
	if (label.status)
		out->status = label.status;
	hj_text_free(&label);
}

/* -- the subcommand -------------------------------------------------------------------------------- */

int access_graph(struct access *access)
{
	hj_access_list list;
	hj_status status = hj_access_all(access->reach, access->app->allocator, &list);
	if (status)
		return access_complain(access, HJ_SLICE("graph"), status, NULL);
	struct graph graph = {.access = access, .list = &list};
	hj_map_init(&graph.numbers, access->app->allocator);
	if (access_wants(access, "json")) {
		hj_emit_object(&access->emit, NULL);
		access_emit_list(access, &list);
		hj_emit_end(&access->emit);
		hj_text_byte(&access->text, '\n');
	} else {
		number_all(&graph);
		if (access_wants(access, "mermaid"))
			put_mermaid_graph(&graph);
		else
			put_dot_graph(&graph);
	}
	hj_map_free(&graph.numbers);
	hj_free(access->app->allocator, graph.names, graph.capacity * sizeof *graph.names);
	hj_access_list_free(&list);
	return access_pass(access);
}
