#include "api/pieces.h"
#include "cmd/net/push.h"

enum {
	SHOWN_PIECES = 100, /* of each side */
	SHOWN_VALUE = 160,  /* bytes */
};

/* Two differences from the same base, and what they have in common. */
struct ways {
	struct app *app;
	const char *path; /* of the file */
	hj_difference theirs, ours;
	bool has_theirs, has_ours;
	hj_map theirs_lines, ours_lines; /* plane, sign and sentence of each change */
	hj_pieces pieces;
	unsigned met;   /* lines about what both changed */
	hj_arena arena; /* the keys */
	hj_status status;
};

/* -- keys ---------------------------------------------------------------------------------------------- */

static hj_slice key_of(struct ways *ways, hj_plane plane, char kind, hj_slice a, hj_slice b)
{
	hj_text text;
	bool ok = true;
	hj_text_init(&text, ways->app->allocator);
	hj_text_printf(&text, "%u%c", (unsigned)plane, kind);
	hj_text_append(&text, a);
	hj_text_byte(&text, 0);
	hj_text_append(&text, b);
	hj_slice key = hj_arena_copy(&ways->arena, hj_text_slice(&text), &ok);
	if (text.status || !ok)
		ways->status = HJ_NO_MEMORY;
	hj_text_free(&text);
	return key;
}

static hj_slice line_of(struct ways *ways, const hj_change *change)
{
	return key_of(ways, change->plane, change->gained ? '+' : '-', change->sentence,
		(hj_slice){NULL, 0});
}

static void put(struct ways *ways, hj_map *map, hj_slice key)
{
	if (!ways->status)
		ways->status = hj_map_put(map, key, 0, NULL, NULL);
}

static void keep_lines(struct ways *ways, const hj_difference *difference, hj_map *lines)
{
	for (uint32_t i = 0; i < difference->count && !ways->status; i++)
		put(ways, lines, line_of(ways, &difference->changes[i]));
}

static bool is_common(struct ways *ways, const hj_change *change, const hj_map *other)
{
	return hj_map_get(other, line_of(ways, change)) != NULL;
}

/* -- access -------------------------------------------------------------------------------------------- */

static void print_access(
	struct ways *ways, const hj_difference *difference, const hj_map *other, const char *common)
{
	struct app *app = ways->app;
	for (uint32_t i = 0; i < difference->count && !ways->status; i++) {
		const hj_change *change = &difference->changes[i];
		app_printf(&app->out, "    %c ", change->gained ? '+' : '-');
		app_print_safe(&app->out, change->sentence);
		app_printf(&app->out, "%s\n", is_common(ways, change, other) ? common : "");
	}
	if (difference->left_out)
		app_printf(&app->out, "    … and %u more\n", (unsigned)difference->left_out);
}

/* Whom and what a change is about, pair by pair: at most 64 of each. */
typedef void on_pair(struct ways *ways, hj_map *pairs, const hj_change *change, hj_slice source,
	hj_slice destination);

static void each_pair(struct ways *ways, hj_map *pairs, const hj_change *change, on_pair *visit)
{
	static const hj_slice nothing = {"", 0};
	const hj_names *to = &change->destinations;
	for (uint32_t i = 0; i < change->sources.count && !ways->status; i++) {
		for (uint32_t j = 0; j < to->count && !ways->status; j++)
			visit(ways, pairs, change, change->sources.items[i], to->items[j]);
		if (to->count == 0)
			visit(ways, pairs, change, change->sources.items[i], nothing);
	}
}

static void keep_pair(struct ways *ways, hj_map *pairs, const hj_change *change, hj_slice source,
	hj_slice destination)
{
	put(ways, pairs, key_of(ways, change->plane, ':', source, destination));
}

static void print_pair(struct ways *ways, hj_map *pairs, const hj_change *change, hj_slice source,
	hj_slice destination)
{
	struct app *app = ways->app;
	uint32_t *seen = hj_map_get(pairs, key_of(ways, change->plane, ':', source, destination));
	if (!seen || (*seen)++)
		return;
	ways->met++;
	app_printf(&app->out, "    * %s access of ", hj_plane_name(change->plane));
	app_print_safe(&app->out, source);
	if (destination.size) {
		app_print(&app->out, HJ_SLICE(" to "));
		app_print_safe(&app->out, destination);
	}
	app_print(&app->out, HJ_SLICE("\n"));
}

/* Pairs that both changed, and not alike. */
static void print_met_access(struct ways *ways)
{
	hj_map pairs;
	hj_map_init(&pairs, ways->app->allocator);
	for (uint32_t i = 0; i < ways->theirs.count; i++)
		if (!is_common(ways, &ways->theirs.changes[i], &ways->ours_lines))
			each_pair(ways, &pairs, &ways->theirs.changes[i], keep_pair);
	for (uint32_t i = 0; i < ways->ours.count; i++)
		if (!is_common(ways, &ways->ours.changes[i], &ways->theirs_lines))
			each_pair(ways, &pairs, &ways->ours.changes[i], print_pair);
	hj_map_free(&pairs);
}

/* -- text ---------------------------------------------------------------------------------------------- */

static void print_value(struct app *app, hj_slice value)
{
	size_t size = value.size;
	if (size > SHOWN_VALUE)
		for (size = SHOWN_VALUE; ((unsigned char)value.data[size] & 0xC0) == 0x80;)
			size--;
	app_print_safe(&app->out, (hj_slice){value.data, size});
	if (size < value.size)
		app_print(&app->out, HJ_SLICE("…"));
}

static void print_place(struct app *app, const hj_piece *piece)
{
	app_print_safe(&app->out, piece->section);
	if (piece->name.size) {
		app_print(&app->out, HJ_SLICE(" \""));
		app_print_safe(&app->out, piece->name);
		app_print(&app->out, HJ_SLICE("\""));
	}
	app_print(&app->out, HJ_SLICE(" "));
}

static void print_piece(struct app *app, const hj_piece *piece, hj_edition edition)
{
	uint32_t was = piece->counts[HJ_EDITION_BASE], is = piece->counts[edition];
	hj_slice from = piece->values[HJ_EDITION_BASE], to = piece->values[edition];
	bool edited = !piece->element && was && is;
	app_printf(&app->out, "    %c ", edited ? '~' : is > was ? '+' : '-');
	print_place(app, piece);
	print_value(app, is > was || edited ? (edited ? from : to) : from);
	if (edited) {
		app_print(&app->out, HJ_SLICE(" → "));
		print_value(app, to);
	}
}

static void print_pieces(struct ways *ways, hj_edition edition, const char *common)
{
	struct app *app = ways->app;
	hj_edition other = edition == HJ_EDITION_OURS ? HJ_EDITION_THEIRS : HJ_EDITION_OURS;
	uint32_t shown = 0,
		 all = edition == HJ_EDITION_OURS ? ways->pieces.ours : ways->pieces.theirs;
	for (size_t i = 0; i < ways->pieces.count && shown < SHOWN_PIECES; i++) {
		const hj_piece *piece = &ways->pieces.items[i];
		if (!hj_piece_changed(piece, edition))
			continue;
		print_piece(app, piece, edition);
		bool too = hj_piece_changed(piece, other) && !piece->meets;
		app_printf(&app->out, "%s\n", too ? common : "");
		shown++;
	}
	if (shown < all)
		app_printf(&app->out, "    … and %u more pieces\n", (unsigned)(all - shown));
}

static void print_met_pieces(struct ways *ways)
{
	struct app *app = ways->app;
	uint32_t shown = 0;
	for (size_t i = 0; i < ways->pieces.count && shown < SHOWN_PIECES; i++) {
		const hj_piece *piece = &ways->pieces.items[i];
		if (!piece->meets)
			continue;
		app_print(&app->out, HJ_SLICE("    * "));
		print_place(app, piece);
		if (piece->element) {
			print_value(app, piece->values[HJ_EDITION_BASE]);
			app_print(&app->out, HJ_SLICE(": both replace it"));
		} else {
			static const hj_edition sides[] = {HJ_EDITION_THEIRS, HJ_EDITION_OURS};
			for (size_t side = 0; side < 2; side++) {
				app_printf(
					&app->out, "%s", side ? "; the file: " : "the tailnet: ");
				if (piece->counts[sides[side]])
					print_value(app, piece->values[sides[side]]);
				else
					app_print(&app->out, HJ_SLICE("(removed)"));
			}
		}
		app_print(&app->out, HJ_SLICE("\n"));
		shown++;
	}
	if (shown < ways->pieces.met)
		app_printf(&app->out, "    … and %u more\n", (unsigned)(ways->pieces.met - shown));
}

/* -- three ways ---------------------------------------------------------------------------------------- */

static bool is_undone(const struct ways *ways)
{
	for (size_t i = 0; i < ways->pieces.count; i++)
		if (hj_piece_undone(&ways->pieces.items[i]))
			return true;
	return false;
}

static void print_ways(struct ways *ways, const char *base_name, bool same_text)
{
	static const char too[] = " (so does the file)", also[] = " (so does the tailnet)";
	struct app *app = ways->app;
	app_printf(&app->out, "Since %s the tailnet's policy has changed:\n", base_name);
	print_access(ways, &ways->theirs, &ways->ours_lines, too);
	print_pieces(ways, HJ_EDITION_THEIRS, too);
	if (!ways->pieces.theirs)
		app_printf(&app->out, "    %s\n",
			same_text ? "in nothing" : "in comments, order or layout alone");
	app_printf(&app->out, "Since %s %s has changed:\n", base_name, ways->path);
	print_access(ways, &ways->ours, &ways->theirs_lines, also);
	print_pieces(ways, HJ_EDITION_OURS, also);
	if (!ways->pieces.ours)
		app_print(&app->out, HJ_SLICE("    in comments, order or layout at most\n"));
	if (!ways->pieces.theirs || !ways->pieces.ours)
		return;
	app_print(&app->out, HJ_SLICE("Both have changed:\n"));
	print_met_access(ways);
	print_met_pieces(ways);
	if (!ways->met && !ways->pieces.met)
		app_print(&app->out, HJ_SLICE("    nothing, or the same way\n"));
}

static hj_status find_differences(
	const struct pushing *this, struct ways *ways, hj_slice base, hj_slice remote)
{
	const hj_difference_options options = {.max_changes = SHOWN_CHANGES};
	const hj_allocator *allocator = this->app->allocator;
	struct side sides[HJ_EDITIONS] = {{0}};
	const hj_slice texts[HJ_EDITIONS] = {base, remote, this->local};
	hj_status status = HJ_OK;
	for (unsigned i = 0; i < HJ_EDITIONS && !status; i++)
		status = side_build(this, texts[i], &sides[i]);
	if (!status)
		status = hj_difference_find(&sides[HJ_EDITION_BASE].world,
			&sides[HJ_EDITION_THEIRS].world, &options, allocator, &ways->theirs);
	ways->has_theirs = !status;
	if (!status)
		status = hj_difference_find(&sides[HJ_EDITION_BASE].world,
			&sides[HJ_EDITION_OURS].world, &options, allocator, &ways->ours);
	ways->has_ours = ways->has_theirs && !status;
	for (unsigned i = 0; i < HJ_EDITIONS; i++)
		side_free(&sides[i]);
	if (!status)
		status = hj_pieces_compare(texts, allocator, &ways->pieces);
	return status;
}

hj_status push_show_three(
	struct pushing *this, const char *base_name, hj_slice base, hj_slice remote, bool *undone)
{
	struct app *app = this->app;
	struct ways ways = {.app = app, .path = this->path};
	*undone = false;
	hj_arena_init(&ways.arena, app->allocator);
	hj_map_init(&ways.theirs_lines, app->allocator);
	hj_map_init(&ways.ours_lines, app->allocator);
	ways.status = find_differences(this, &ways, base, remote);
	if (!ways.status) {
		keep_lines(&ways, &ways.theirs, &ways.theirs_lines);
		keep_lines(&ways, &ways.ours, &ways.ours_lines);
		print_ways(&ways, base_name, hj_slice_equal(base, remote));
		*undone = is_undone(&ways);
	} else if (ways.status == HJ_SYNTAX) {
		app_print(&app->out,
			HJ_SLICE("  the policy that is there does not parse: nothing can be "
				 "compared\n"));
	}
	hj_pieces_free(&ways.pieces);
	if (ways.has_ours)
		hj_difference_free(&ways.ours);
	if (ways.has_theirs)
		hj_difference_free(&ways.theirs);
	hj_map_free(&ways.ours_lines);
	hj_map_free(&ways.theirs_lines);
	hj_arena_free(&ways.arena);
	return ways.status == HJ_SYNTAX ? HJ_OK : ways.status;
}
