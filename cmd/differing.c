#include "cmd/differing.h"

#include "cmd/escape.h"

enum {
	OPEN_ROWS = 30,     /* of a Markdown table that is not folded */
	MOST_BYTES = 60000, /* of Markdown: GitHub takes comments of 65,536 characters */
};

static uint32_t line_of(const hj_document *document, uint32_t node)
{
	return hj_source_place(
		hj_document_source(document), hj_document_nodes(document)[node].start, HJ_BYTES)
		.line;
}

/* "line 12", "lines 12, 40"; nothing where there are no rules. */
static void append_lines(hj_text *out, const hj_document *document, const hj_rule_nodes *rules)
{
	for (uint32_t i = 0; i < rules->count; i++)
		hj_text_printf(out, "%s%u",
			i                          ? ", "
				: rules->count > 1 ? "lines "
						   : "line ",
			(unsigned)line_of(document, rules->items[i]));
	if (rules->left_out)
		hj_text_printf(out, " and %u more", (unsigned)rules->left_out);
}

/* "new line 12", "old lines 3, 4; new line 12" */
static void append_places(hj_text *out, const struct differing *differing, const hj_change *change)
{
	static const char *const names[HJ_SIDES] = {[HJ_OLD] = "old", [HJ_NEW] = "new"};
	bool first = true;
	for (unsigned side = 0; side < HJ_SIDES; side++) {
		if (!change->rules[side].count)
			continue;
		hj_text_printf(out, "%s%s ", first ? "" : "; ", names[side]);
		append_lines(out, differing->documents[side], &change->rules[side]);
		first = false;
	}
}

static const char *stance_text(hj_stance stance)
{
	static const char *const texts[] = {
		[HJ_STANCE_RULES] = "what rules allow",
		[HJ_STANCE_ALL] = "everything, since there are no rules",
		[HJ_STANCE_NOTHING] = "nothing",
	};
	return texts[stance];
}

/* -- text ---------------------------------------------------------------------------------------------- */

/* The rules' lines, dim. */
static bool print_places(
	struct app *app, const struct differing *differing, const hj_change *change)
{
	hj_text places;
	hj_text_init(&places, app->allocator);
	append_places(&places, differing, change);
	bool good = !places.status;
	if (places.size)
		app_printf(&app->out, "  %s(%.*s)%s", app->out.color ? "\033[2m" : "",
			(int)places.size, places.data, app->out.color ? "\033[0m" : "");
	hj_text_free(&places);
	return good;
}

static bool print_changes(struct app *app, const struct differing *differing, bool gained)
{
	const hj_difference *difference = differing->difference;
	const char *color = gained ? "\033[32m" : "\033[31m";
	uint32_t all = gained ? difference->gained : difference->lost, shown = 0;
	bool good = true;
	if (all)
		app_printf(&app->out, "%s\n", gained ? "gained" : "lost");
	for (uint32_t i = 0; i < difference->count && good; i++) {
		const hj_change *change = &difference->changes[i];
		if (change->gained != gained)
			continue;
		app_printf(&app->out, "  %s%c%s ", app->out.color ? color : "", gained ? '+' : '-',
			app->out.color ? "\033[0m" : "");
		app_print_safe(&app->out, change->sentence);
		good = print_places(app, differing, change);
		app_print(&app->out, HJ_SLICE("\n"));
		shown++;
	}
	if (shown < all)
		app_printf(&app->out, "  … and %u more\n", (unsigned)(all - shown));
	return good;
}

bool differing_text(struct app *app, const struct differing *differing)
{
	const hj_difference *difference = differing->difference;
	const hj_stance *stance = difference->stance;
	if (stance[HJ_OLD] != stance[HJ_NEW])
		app_printf(&app->out, "allowed was %s, now %s\n", stance_text(stance[HJ_OLD]),
			stance_text(stance[HJ_NEW]));
	bool good = print_changes(app, differing, true) && print_changes(app, differing, false);
	for (uint32_t i = 0; i < differing->guards->count; i++) {
		app_printf(&app->out, "%swarning%s: ", app->out.color ? "\033[1;33m" : "",
			app->out.color ? "\033[0m" : "");
		app_print_safe(&app->out, differing->guards->alarms[i].sentence);
		app_print(&app->out, HJ_SLICE("\n"));
	}
	if (difference->gained + difference->lost)
		app_printf(&app->out, "%u gained, %u lost\n", (unsigned)difference->gained,
			(unsigned)difference->lost);
	else
		app_print(&app->out, HJ_SLICE("nobody's access changes\n"));
	return good;
}

/* Prints a text and frees it. False: memory was out, and nothing is printed. */
static bool print_text(struct app *app, hj_text *text)
{
	bool good = !text->status;
	if (good)
		app_print(&app->out, hj_text_slice(text));
	hj_text_free(text);
	return good;
}

/* -- json ---------------------------------------------------------------------------------------------- */

static void emit_names(hj_emit *emit, const char *name, const hj_names *names)
{
	hj_emit_array(emit, name);
	for (uint32_t i = 0; i < names->count; i++)
		hj_emit_string(emit, NULL, names->items[i]);
	hj_emit_end(emit);
}

static void emit_witness(hj_emit *emit, const hj_change *change)
{
	const hj_difference_flow *witness = &change->witness;
	hj_text text;
	hj_text_init(&text, emit->out->allocator);
	hj_emit_object(emit, "witness");
	hj_subject_append(&text, &witness->source);
	hj_emit_string(emit, "src", hj_text_slice(&text));
	hj_text_clear(&text);
	if (change->plane == HJ_PLANE_NETWORK || change->plane == HJ_PLANE_APP ||
		change->plane == HJ_PLANE_SSH) {
		if (witness->own)
			hj_text_str(&text, "autogroup:self");
		else
			hj_subject_append(&text, &witness->destination);
		hj_emit_string(emit, "dst", hj_text_slice(&text));
	}
	if (change->plane == HJ_PLANE_NETWORK) {
		hj_emit_number(emit, "proto", (uint64_t)witness->protocol);
		if (witness->port >= 0)
			hj_emit_number(emit, "port", (uint64_t)witness->port);
	}
	if (change->plane == HJ_PLANE_SSH)
		hj_emit_string(emit, "account", witness->account);
	hj_emit_end(emit);
	if (text.status)
		emit->out->status = text.status;
	hj_text_free(&text);
}

static void emit_rules(hj_emit *emit, const struct differing *differing, const hj_change *change)
{
	static const char *const names[HJ_SIDES] = {[HJ_OLD] = "old", [HJ_NEW] = "new"};
	hj_emit_object(emit, "rules");
	for (unsigned side = 0; side < HJ_SIDES; side++) {
		hj_emit_array(emit, names[side]);
		for (uint32_t i = 0; i < change->rules[side].count; i++)
			hj_emit_number(emit, NULL,
				line_of(differing->documents[side], change->rules[side].items[i]));
		hj_emit_end(emit);
	}
	hj_emit_end(emit);
}

static void emit_change(hj_emit *emit, const struct differing *differing, const hj_change *change)
{
	hj_emit_object(emit, NULL);
	hj_emit_string(emit, "change", change->gained ? HJ_SLICE("gained") : HJ_SLICE("lost"));
	hj_emit_string(emit, "plane", hj_slice_str(hj_plane_name(change->plane)));
	hj_emit_string(emit, "sentence", change->sentence);
	hj_emit_bool(emit, "partly", change->partly);
	emit_names(emit, "sources", &change->sources);
	emit_names(emit, "excepted", &change->excepted);
	emit_names(emit, "destinations", &change->destinations);
	emit_names(emit, "excepted_destinations", &change->excepted_destinations);
	emit_names(emit, "what", &change->what);
	emit_names(emit, "had", &change->had);
	emit_names(emit, "conditions", &change->conditions);
	hj_emit_number(emit, "names_left_out",
		(uint64_t)change->sources.left_out + change->destinations.left_out +
			change->what.left_out);
	emit_witness(emit, change);
	emit_rules(emit, differing, change);
	hj_emit_end(emit);
}

bool differing_json(struct app *app, const struct differing *differing)
{
	static const char *const stances[] = {
		[HJ_STANCE_RULES] = "rules",
		[HJ_STANCE_ALL] = "all",
		[HJ_STANCE_NOTHING] = "nothing",
	};
	const hj_difference *difference = differing->difference;
	hj_emit emit;
	hj_text text;
	hj_text_init(&text, app->allocator);
	hj_emit_init(&emit, &text, 2);
	hj_emit_object(&emit, NULL);
	hj_emit_string(&emit, "old", hj_slice_str(differing->paths[HJ_OLD]));
	hj_emit_string(&emit, "new", hj_slice_str(differing->paths[HJ_NEW]));
	hj_emit_bool(&emit, "equal", difference->gained + difference->lost == 0);
	hj_emit_number(&emit, "gained", difference->gained);
	hj_emit_number(&emit, "lost", difference->lost);
	hj_emit_number(&emit, "left_out", difference->left_out);
	hj_emit_number(&emit, "gained_pairs", differing->guards->gained_pairs);
	hj_emit_object(&emit, "allowed");
	hj_emit_string(&emit, "old", hj_slice_str(stances[difference->stance[HJ_OLD]]));
	hj_emit_string(&emit, "new", hj_slice_str(stances[difference->stance[HJ_NEW]]));
	hj_emit_end(&emit);
	hj_emit_array(&emit, "changes");
	for (uint32_t i = 0; i < difference->count; i++)
		emit_change(&emit, differing, &difference->changes[i]);
	hj_emit_end(&emit);
	hj_emit_array(&emit, "warnings");
	for (uint32_t i = 0; i < differing->guards->count; i++) {
		const hj_alarm *alarm = &differing->guards->alarms[i];
		hj_emit_object(&emit, NULL);
		hj_emit_string(&emit, "guard", hj_slice_str(hj_guard_name(alarm->kind)));
		hj_emit_string(&emit, "name", alarm->name);
		hj_emit_string(&emit, "sentence", alarm->sentence);
		hj_emit_end(&emit);
	}
	hj_emit_end(&emit);
	hj_emit_end(&emit);
	hj_text_byte(&text, '\n');
	return print_text(app, &text);
}

/* -- markdown ------------------------------------------------------------------------------------------ */

/* The rows of the table, as many as have room; returns how many. */
static uint32_t append_rows(const struct differing *differing, hj_text *out)
{
	const hj_difference *difference = differing->difference;
	hj_text_str(out, "| | Change | Rules |\n|---|---|---|\n");
	for (uint32_t i = 0; i < difference->count; i++) {
		const hj_change *change = &difference->changes[i];
		size_t before = out->size;
		hj_text_printf(out, "| %s | ", change->gained ? "**+** gained" : "**−** lost");
		escape_markdown(out, change->sentence);
		hj_text_str(out, " | ");
		append_places(out, differing, change);
		hj_text_str(out, " |\n");
		if (out->size > MOST_BYTES) {
			out->size = before;
			return i;
		}
	}
	return difference->count;
}

static void append_markdown(const struct differing *differing, hj_text *out)
{
	const hj_difference *difference = differing->difference;
	uint32_t all = difference->gained + difference->lost;
	hj_text_printf(out, "### Access: %u gained, %u lost\n\n", (unsigned)difference->gained,
		(unsigned)difference->lost);
	const hj_stance *stance = difference->stance;
	if (stance[HJ_OLD] != stance[HJ_NEW])
		hj_text_printf(out, "Allowed was %s, now %s.\n\n", stance_text(stance[HJ_OLD]),
			stance_text(stance[HJ_NEW]));
	for (uint32_t i = 0; i < differing->guards->count && out->size < MOST_BYTES / 2; i++) {
		hj_text_str(out, "> **Warning:** ");
		escape_markdown(out, differing->guards->alarms[i].sentence);
		hj_text_str(out, "\n\n");
	}
	if (!all) {
		hj_text_str(out, "Nobody's access changes.\n");
		return;
	}
	bool folded = difference->count > OPEN_ROWS;
	if (folded)
		hj_text_printf(out, "<details><summary>%u changes</summary>\n\n", (unsigned)all);
	uint32_t rows = append_rows(differing, out);
	if (rows < all)
		hj_text_printf(out, "\n%u more are left out.\n", (unsigned)(all - rows));
	if (folded)
		hj_text_str(out, "\n</details>\n");
}

bool differing_markdown(struct app *app, const struct differing *differing)
{
	hj_text text;
	hj_text_init(&text, app->allocator);
	append_markdown(differing, &text);
	return print_text(app, &text);
}
