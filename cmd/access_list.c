/*
 * `access who` and `access what`: lines as a table, or as JSON.
 */
#include "cmd/access.h"
#include "cmd/report.h"

enum { GAP = 2, WIDEST = 60 }; /* columns between columns; wider cells push the rest aside */

/* -- cells ----------------------------------------------------------------------------------------- */

/* The other end; of an address of a device its name too. */
static void put_name(struct access *access, const hj_access_line *line, bool source, hj_text *out)
{
	const hj_world *world = &access->joined.world;
	hj_slice name = source ? line->source : line->destination;
	hj_address address;
	uint32_t device = HJ_NONE;
	report_safe(out, name);
	if (world->inventory && hj_address_parse(name, &address))
		device = hj_world_device_at(world, address);
	if (device == HJ_NONE)
		return;
	hj_text_str(out, " (");
	report_safe(out, world->inventory->devices[device].name);
	hj_text_byte(out, ')');
}

static void put_what(hj_text *out, const hj_access_line *line)
{
	switch (line->kind) {
	case HJ_ACCESS_NETWORK: hj_services_append(out, &line->services); break;
	case HJ_ACCESS_APP:
		hj_text_str(out, "app ");
		report_safe(out, line->capability);
		break;
	case HJ_ACCESS_SSH:
		hj_text_str(out, "ssh as ");
		for (uint32_t i = 0; i < line->account_count; i++) {
			hj_text_str(out, i ? ", " : "");
			report_safe(out, line->accounts[i]);
		}
		break;
	}
}

static void put_words(hj_text *out, const char *before, const hj_words *words)
{
	for (uint32_t i = 0; words && i < words->count; i++) {
		hj_text_str(out, i ? " or " : before);
		report_safe(out, hj_trim(words->items[i].text));
	}
}

/* What else has to be so, each part after a comma. */
static void put_conditions(hj_text *out, const hj_access_line *line)
{
	if (line->check)
		hj_text_str(out, ", after a check");
	if (line->closed)
		hj_text_str(out, ", but port 22 is not open for all of it");
	put_words(out, ", with ", line->posture);
	put_words(out, ", via ", line->via);
	if (line->partly) {
		hj_text_str(out, ", only ");
		access_names_append(&line->parts, out);
	}
	if (line->depends) {
		hj_text_str(out, line->facts.count ? ", if " : ", perhaps");
		access_names_append(&line->facts, out);
	}
}

/* -- the table ------------------------------------------------------------------------------------- */

static void pad(hj_text *out, size_t start, size_t width)
{
	size_t has = access_width(hj_slice_of(out->data + start, out->size - start));
	hj_text_repeat(out, ' ', (has < width ? width - has : 0) + GAP);
}

struct widths {
	size_t name, what;
};

static void widen(size_t *width, hj_text *cell)
{
	size_t has = access_width(hj_text_slice(cell));
	if (has > *width && has <= WIDEST)
		*width = has;
	hj_text_clear(cell);
}

static struct widths measure(struct access *access, const hj_access_list *list, bool show_sources)
{
	struct widths widths = {0, 0};
	hj_text cell;
	hj_text_init(&cell, access->app->allocator);
	for (uint32_t i = 0; i < list->count; i++) {
		const hj_access_line *line = &list->lines[i];
		put_name(access, line, show_sources, &cell);
		widen(&widths.name, &cell);
		put_what(&cell, line);
		widen(&widths.what, &cell);
	}
	hj_text_free(&cell);
	return widths;
}

static void put_list(struct access *access, const hj_access_list *list, bool show_sources)
{
	hj_text *out = &access->text;
	struct widths widths = measure(access, list, show_sources);
	for (uint32_t i = 0; i < list->count && !out->status; i++) {
		const hj_access_line *line = &list->lines[i];
		size_t start = out->size;
		put_name(access, line, show_sources, out);
		pad(out, start, widths.name);
		start = out->size;
		put_what(out, line);
		pad(out, start, widths.what);
		access_lines_append(access, line->rules, line->rule_count, line->rule_count, out);
		put_conditions(out, line);
		hj_text_byte(out, '\n');
	}
}

/* -- JSON ------------------------------------------------------------------------------------------ */

static void emit_line(struct access *access, const hj_access_line *line)
{
	static const char *const kinds[] = {"network", "ssh", "app"};
	hj_emit *emit = &access->emit;
	hj_emit_object(emit, NULL);
	hj_emit_string(emit, "kind", hj_slice_str(kinds[line->kind]));
	hj_emit_string(emit, "source", line->source);
	hj_emit_string(emit, "destination", line->destination);
	switch (line->kind) {
	case HJ_ACCESS_NETWORK: access_emit_services(access, "services", &line->services); break;
	case HJ_ACCESS_APP: hj_emit_string(emit, "capability", line->capability); break;
	case HJ_ACCESS_SSH:
		hj_emit_bool(emit, "port_open", !line->closed);
		hj_emit_array(emit, "accounts");
		for (uint32_t i = 0; i < line->account_count; i++)
			hj_emit_string(emit, NULL, line->accounts[i]);
		hj_emit_end(emit);
		hj_emit_bool(emit, "check", line->check);
		break;
	}
	access_emit_words(access, "postures", line->posture);
	access_emit_words(access, "via", line->via);
	hj_emit_bool(emit, "partly", line->partly);
	access_emit_names(access, "only", &line->parts);
	hj_emit_number(emit, "only_count", line->parts.of_all);
	hj_emit_bool(emit, "depends", line->depends);
	access_emit_names(access, "depends_on", &line->facts);
	access_emit_rules(access, line->rules, line->rule_count);
	hj_emit_end(emit);
}

void access_emit_list(struct access *access, const hj_access_list *list)
{
	hj_emit_array(&access->emit, "lines");
	for (uint32_t i = 0; i < list->count; i++)
		emit_line(access, &list->lines[i]);
	hj_emit_end(&access->emit);
}

/* -- the subcommands ------------------------------------------------------------------------------- */

/* Also what hangs on whose device an address is? */
static bool wants_all(const struct access *access)
{
	return options_has(access->arguments, "all");
}

static int deliver(struct access *access, hj_access_list *list, bool show_sources, hj_slice asked)
{
	hj_text *out = &access->text;
	if (access_wants(access, "json")) {
		access_emit_list(access, list);
		hj_emit_number(&access->emit, "left_out", list->left_out);
		hj_emit_end(&access->emit);
		hj_text_byte(out, '\n');
	} else if (list->count) {
		put_list(access, list, show_sources);
	} else {
		hj_text_str(out, show_sources ? "nobody reaches " : "");
		report_safe(out, asked);
		hj_text_str(out, show_sources ? "\n" : " reaches nothing\n");
	}
	if (list->left_out && !access_wants(access, "json"))
		hj_text_printf(out,
			"left out: %u %s on whose device an address is; an inventory would say, "
			"--all tells\n",
			(unsigned)list->left_out,
			list->left_out == 1 ? "rule that hangs" : "rules that hang");
	hj_access_list_free(list);
	return access_pass(access);
}

int access_who(struct access *access, const char *operand)
{
	hj_slice text = hj_slice_str(operand);
	hj_access_target target;
	hj_access_list list;
	const char *what = NULL;
	hj_status status = hj_access_target_read(access->reach, text, &target, &what);
	if (!status && options_has(access->arguments, "by"))
		return access_by(access, &target, text);
	if (!status)
		status = hj_access_who(access->reach, &target, wants_all(access),
			access->app->allocator, &list, &what);
	if (status)
		return access_complain(access, text, status, what);
	if (access_wants(access, "json")) {
		hj_emit_object(&access->emit, NULL);
		access_emit_target(access, &target);
	}
	return deliver(access, &list, true, text);
}

int access_what(struct access *access, const char *operand)
{
	hj_slice text = hj_slice_str(operand);
	hj_access_list list;
	const char *what = NULL;
	if (options_has(access->arguments, "by"))
		return access_by(access, NULL, text);
	hj_status status = hj_access_what(
		access->reach, text, wants_all(access), access->app->allocator, &list, &what);
	if (status)
		return access_complain(access, text, status, what);
	if (access_wants(access, "json")) {
		hj_emit_object(&access->emit, NULL);
		hj_emit_string(&access->emit, "source", text);
	}
	return deliver(access, &list, false, text);
}
