/*
 * The axes of a matrix: who stands on them, and which terms cover them.
 */
#include "access/matrix_parts.h"

const char *hj_axis_kind_name(hj_axis_kind kind)
{
	static const char *const names[] = {"autogroup", "group", "user", "tag", "host", "ipset",
		"service", "address", "device"};
	return names[kind];
}

bool hj__axis_is_wide(const hj_axis_item *item)
{
	return item->kind == HJ_AXIS_AUTOGROUP;
}

/* -- tallies --------------------------------------------------------------------------------------- */

bool hj__tally_add(hj__tally *tally, uint32_t item, uint32_t subject, hj_truth truth)
{
	bool first = tally->item != item;
	if (first)
		*tally = (hj__tally){.item = item};
	bool again = tally->seen == subject;
	if (truth == HJ_NO || (again && truth <= tally->truth))
		return first;
	tally->maybe -= again;
	tally->sure += truth == HJ_YES;
	tally->maybe += truth == HJ_MAYBE;
	tally->seen = subject;
	tally->truth = truth;
	return first;
}

unsigned hj__tally_why(const hj__tally *tally, uint32_t count)
{
	return (tally->sure + tally->maybe < count ? (unsigned)HJ_PARTLY_SOME : 0) |
		(tally->maybe ? (unsigned)HJ_PARTLY_FACT : 0);
}

/* -- items ----------------------------------------------------------------------------------------- */

struct axis {
	hj__matrix *matrix;
	hj__index *index;
	unsigned kinds;
	bool destination;
	hj_axis_item *items;
	size_t count, capacity;
	hj_slice only; /* one item, and no kinds; size 0: no */
	hj_map seen;   /* names */
};

static void add_item(struct axis *axis, hj_axis_kind kind, hj_slice name)
{
	hj__matrix *matrix = axis->matrix;
	bool was_there = false;
	if (matrix->status || hj_map_put(&axis->seen, name, 0, NULL, &was_there) ||
		hj_grow(matrix->allocator, &axis->items, &axis->capacity, axis->count + 1,
			sizeof *axis->items)) {
		hj__matrix_fail(matrix);
		return;
	}
	hj_axis_item item = {.kind = kind, .name = name, .empty = true};
	/* What stands for nothing has no place: undefined names, sets that no rule uses. */
	if (!was_there &&
		(hj__axis_is_wide(&item) || hj__axis_subjects(matrix, &item, axis->destination)))
		axis->items[axis->count++] = item;
}

/* Terms of the rules at this end, in the order of their numbers. */
static void add_terms(struct axis *axis, hj_axis_kind kind)
{
	const hj_reach *reach = axis->matrix->reach;
	for (uint32_t term = 0; term <= reach->all; term++) {
		const hj_selector *selector = hj__selector(reach, term);
		bool fits;
		if (axis->index->first[term] == axis->index->first[term + 1])
			continue;
		switch (kind) {
		case HJ_AXIS_AUTOGROUP:
			fits = selector->kind == HJ_SELECT_ALL ||
				(selector->kind == HJ_SELECT_AUTOGROUP &&
					selector->autogroup != HJ_AUTOGROUP_UNKNOWN);
			break;
		case HJ_AXIS_SERVICE: fits = selector->kind == HJ_SELECT_SERVICE; break;
		default:
			fits = selector->kind == HJ_SELECT_ADDRESS ||
				selector->kind == HJ_SELECT_PREFIX;
			break;
		}
		if (fits)
			add_item(axis, kind, hj__term_name(reach, term));
	}
}

static void add_entries(struct axis *axis, hj_axis_kind kind, const hj_entries *entries)
{
	for (uint32_t i = 0; i < entries->count; i++)
		add_item(axis, kind, hj_trim(entries->items[i].name.text));
}

static void add_kind(struct axis *axis, hj_axis_kind kind)
{
	const hj_world *world = axis->matrix->reach->world;
	switch (kind) {
	case HJ_AXIS_GROUP:
		for (uint32_t i = 0; i < world->group_count; i++)
			add_item(axis, kind, world->groups[i].name);
		break;
	case HJ_AXIS_USER:
		for (uint32_t i = 0; i < world->user_count; i++)
			add_item(axis, kind, world->users[i].login);
		break;
	case HJ_AXIS_TAG:
		for (uint32_t i = 0; i < world->tag_count; i++)
			add_item(axis, kind, world->tags[i].name);
		break;
	case HJ_AXIS_HOST: add_entries(axis, kind, &world->policy->hosts); break;
	case HJ_AXIS_IPSET: add_entries(axis, kind, &world->policy->ipsets); break;
	case HJ_AXIS_SERVICE:
		for (uint32_t i = 0; axis->destination && i < world->service_count; i++)
			add_item(axis, kind, world->services[i].name);
		if (axis->destination)
			add_terms(axis, kind);
		break;
	case HJ_AXIS_AUTOGROUP:
	case HJ_AXIS_ADDRESS: add_terms(axis, kind); break;
	case HJ_AXIS_DEVICE:
		for (uint32_t i = 0; i < world->device_count; i++)
			add_item(axis, kind, world->inventory->devices[i].name);
		break;
	}
}

static hj_axis_kind kind_of(hj_slice text)
{
	switch (hj_selector_parse(text).kind) {
	case HJ_SELECT_ALL:
	case HJ_SELECT_AUTOGROUP: return HJ_AXIS_AUTOGROUP;
	case HJ_SELECT_GROUP:
	case HJ_SELECT_SYNCED:
	case HJ_SELECT_DOMAIN: return HJ_AXIS_GROUP;
	case HJ_SELECT_USER: return HJ_AXIS_USER;
	case HJ_SELECT_TAG: return HJ_AXIS_TAG;
	case HJ_SELECT_WORD:
	case HJ_SELECT_HOST_PREFIX: return HJ_AXIS_HOST;
	case HJ_SELECT_IPSET: return HJ_AXIS_IPSET;
	case HJ_SELECT_SERVICE: return HJ_AXIS_SERVICE;
	default: return HJ_AXIS_ADDRESS;
	}
}

/* One item, whatever it is. */
static void add_text(struct axis *axis, hj_slice text)
{
	hj__matrix *matrix = axis->matrix;
	hj_subjects subjects = {.allocator = matrix->allocator};
	matrix->status = hj_expand(matrix->reach, text, axis->destination, &subjects, matrix->what);
	bool device = subjects.count && subjects.items[0].kind == HJ_SUBJECT_DEVICE;
	hj_subjects_free(&subjects);
	if (!matrix->status)
		add_item(axis, device ? HJ_AXIS_DEVICE : kind_of(text), text);
}

/* The items in the matrix's own arena. */
static uint32_t make_axis(struct axis *axis, hj_axis_item **out)
{
	hj__matrix *matrix = axis->matrix;
	enum {
		USUAL = 1 << HJ_AXIS_AUTOGROUP | 1 << HJ_AXIS_GROUP | 1 << HJ_AXIS_TAG |
			1 << HJ_AXIS_HOST
	};
	unsigned kinds = axis->kinds ? axis->kinds : USUAL;
	hj_map_init(&axis->seen, matrix->allocator);
	if (axis->only.size)
		add_text(axis, axis->only);
	for (unsigned kind = 0; kind < HJ_AXIS_KINDS && !matrix->status; kind++)
		if (!axis->only.size && (kinds >> kind & 1))
			add_kind(axis, (hj_axis_kind)kind);
	hj_map_free(&axis->seen);
	size_t bytes = axis->count * sizeof **out;
	*out = hj_arena_alloc(&matrix->out->arena, bytes + 1);
	if (!*out || axis->count > UINT32_MAX - 2)
		hj__matrix_fail(matrix);
	else if (axis->count)
		memcpy(*out, axis->items, bytes);
	hj_free(matrix->allocator, axis->items, axis->capacity * sizeof *axis->items);
	return matrix->status ? 0 : (uint32_t)axis->count;
}

/* -- what covers an item --------------------------------------------------------------------------- */

/* Too much to be taken apart, or other devices for every source. */
static bool is_by_name(const hj_axis_item *item)
{
	return hj__axis_is_wide(item) &&
		(hj_slice_equal(item->name, HJ_SLICE("*")) ||
			hj_slice_equal(item->name, HJ_SLICE("autogroup:danger-all")) ||
			hj_slice_equal(item->name, HJ_SLICE("autogroup:self")));
}

bool hj__axis_subjects(hj__matrix *matrix, const hj_axis_item *item, bool destination)
{
	const char *what;
	matrix->subjects.count = 0;
	if (is_by_name(item))
		return false;
	if (item->kind == HJ_AXIS_DEVICE) {
		uint32_t device = hj_inventory_device(matrix->reach->world->inventory, item->name);
		hj__subjects_add(matrix->reach, &matrix->subjects,
			(hj_subject){
				.kind = HJ_SUBJECT_DEVICE, .index = device, .name = item->name});
		return hj__take_status(matrix->reach, &matrix->status);
	}
	hj_status status =
		hj_expand(matrix->reach, item->name, destination, &matrix->subjects, &what);
	if (status == HJ_NO_MEMORY)
		matrix->status = status;
	return status == HJ_OK && matrix->subjects.count > 0;
}

static void touch(hj__matrix *matrix, uint32_t term, uint32_t id, uint32_t subject, hj_truth truth)
{
	if (hj__tally_add(&matrix->terms[term], id, subject, truth))
		matrix->touched[matrix->touched_count++] = term;
	if (hj_grow(matrix->allocator, &matrix->touches, &matrix->touch_capacity,
		    matrix->touch_count + 1, sizeof *matrix->touches))
		hj__matrix_fail(matrix);
	else
		matrix->touches[matrix->touch_count++] = (hj__touch){subject, term, truth};
}

/* Everything is covered by what means everything; autogroup:self by itself. */
static void cover_by_name(
	hj__matrix *matrix, const hj_axis_item *item, uint32_t id, const hj__index *index)
{
	const hj_reach *reach = matrix->reach;
	bool all = hj_slice_equal(item->name, HJ_SLICE("*"));
	for (size_t i = 0; i < index->always.count; i++) {
		uint32_t term = index->always.items[i];
		if (all ? hj__term_rank(reach, term) == 0
			: hj_slice_equal(hj__term_name(reach, term), item->name))
			touch(matrix, term, id, 1, HJ_YES);
	}
}

void hj__axis_cover(hj__matrix *matrix, const hj_axis_item *item, uint32_t id, hj__end *end)
{
	hj_reach *reach = matrix->reach;
	const hj__coverage *coverage = &end->coverage;
	matrix->touched_count = 0;
	matrix->touch_count = 0;
	hj__axis_subjects(matrix, item, coverage->index->destination);
	if (is_by_name(item))
		cover_by_name(matrix, item, id, coverage->index);
	for (uint32_t i = 0; i < matrix->subjects.count && !matrix->status; i++) {
		hj__party_set(reach, &end->party, &matrix->subjects.items[i], NULL);
		hj__gather(reach, end);
		for (uint32_t k = 0; k < coverage->count; k++) {
			uint32_t term = coverage->terms[k];
			hj_truth truth = coverage->answers[term].truth;
			if (truth == HJ_YES ||
				!hj__says_nothing(reach, term, &matrix->subjects.items[i]))
				touch(matrix, term, id, i + 1, truth);
		}
		hj__take_status(reach, &matrix->status);
	}
}

void hj__axes_make(hj__matrix *matrix)
{
	hj_reach *reach = matrix->reach;
	const hj_matrix_options *options = matrix->options;
	struct axis rows = {.matrix = matrix,
		.index = &reach->sources,
		.kinds = options->rows,
		.only = options->row};
	struct axis columns = {.matrix = matrix,
		.index = &reach->destinations,
		.destination = true,
		.kinds = options->columns,
		.only = options->column ? options->column->destination : HJ_SLICE("")};
	matrix->out->row_count = make_axis(&rows, &matrix->out->rows);
	if (!matrix->status)
		matrix->out->column_count = make_axis(&columns, &matrix->out->columns);
}
