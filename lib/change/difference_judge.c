/*
 * Judging: what a shape of one side allows a pair, that no rule of the other side does.
 */
#include "change/difference_parts.h"

struct court {
	hj__relation *relation;
	const hj__shape *shape;
	const hj__hits *hits;
	uint32_t condition; /* the shape's, for these sources */
	hj__rulings *out;
};

static uint32_t condition_of(const struct court *court, uint32_t condition)
{
	return court->hits->bare ? court->relation->scene->conditions[condition].bare : condition;
}

/* The i-th hit of a side, when its condition holds wherever this one does; else NULL. */
static const hj__tuple *hit(const struct court *court, unsigned side, size_t i)
{
	const hj__tuple *tuple = &court->relation->sides[side].items[court->hits->items[side][i]];
	return hj__condition_implied(court->relation->scene, condition_of(court, tuple->condition),
		       court->condition)
		? tuple
		: NULL;
}

static void rule(struct court *court, unsigned side, uint32_t content, uint32_t had)
{
	hj__rulings *out = court->out;
	if (content != HJ_NONE &&
		hj__scene_grow(court->relation->scene, &out->items, &out->capacity, out->count,
			sizeof *out->items))
		out->items[out->count++] = (hj__ruling){side, content, had, court->condition};
}

static uint32_t put(struct court *court, const uint32_t *items, size_t count)
{
	return hj__sets_put(court->relation->scene, &court->relation->contents, items, count);
}

/* -- services ------------------------------------------------------------------------------------- */

/* A set of services as numbers: where each interval starts, and its last port. */
static uint32_t put_services(hj__relation *relation, const hj_services *set)
{
	hj__scene *scene = relation->scene;
	hj__list list = {0};
	for (size_t i = 0; i < set->count; i++) {
		hj__list_add(
			scene, &list, (uint32_t)set->items[i].protocol << 16 | set->items[i].first);
		hj__list_add(scene, &list, set->items[i].last);
	}
	uint32_t content = hj__sets_put(scene, &relation->contents, list.items, list.count);
	hj__list_free(scene, &list);
	return content;
}

void hj__content_services(const hj__relation *relation, uint32_t content, hj_services *out)
{
	hj__scene *scene = relation->scene;
	hj_ids row = relation->contents.items[content];
	size_t count = row.count / 2;
	hj_service *services = hj_alloc(scene->allocator, count * sizeof *services);
	for (size_t i = 0; i < count && services; i++)
		services[i] = (hj_service){(int16_t)(row.items[2 * i] >> 16),
			{(uint16_t)row.items[2 * i], (uint16_t)row.items[2 * i + 1]}};
	if (!services || hj_services_add(out, services, count))
		scene->status = HJ_NO_MEMORY;
	hj_free(scene->allocator, services, count * sizeof *services);
}

uint32_t hj__content_of(hj__relation *relation, uint32_t good)
{
	return put_services(relation, &relation->goods[good].services);
}

uint32_t hj__content_unite(hj__relation *relation, const hj__piece *pieces, size_t count)
{
	hj__scene *scene = relation->scene;
	hj_services all;
	hj_services_init(&all, scene->allocator);
	for (size_t i = 0; i < count && !scene->status; i++)
		hj__content_services(relation, pieces[i].content, &all);
	uint32_t content = put_services(relation, &all);
	hj_services_free(&all);
	return content;
}

static size_t count_items(const hj_services *set)
{
	hj_services_cursor cursor = {0};
	hj_service service;
	size_t count = 0;
	while (hj_services_next(set, &cursor, &service))
		count++;
	return count;
}

/* "*" without port 22 is said so, and not as what is left of it. */
static void rule_services(struct court *court, const hj_services *whole, hj_services *rest)
{
	hj_services had;
	hj_services_init(&had, court->relation->scene->allocator);
	if (hj_services_unite(&had, whole) || hj_services_subtract(&had, rest))
		court->relation->scene->status = HJ_NO_MEMORY;
	else if (count_items(rest) > count_items(whole) + count_items(&had))
		rule(court, court->shape->side, put_services(court->relation, whole),
			put_services(court->relation, &had));
	else
		rule(court, court->shape->side, put_services(court->relation, rest), HJ_NONE);
	hj_services_free(&had);
}

/* What the rules of the other side that hold wherever the candidate does allow together; NULL: memory. */
static const hj_services *find_allowed(const struct court *court)
{
	hj__scene *scene = court->relation->scene;
	hj__allowances *known = court->hits->known;
	unsigned other = !court->shape->side;
	for (size_t i = 0; i < known->count; i++)
		if (known->items[i].condition == court->condition && known->items[i].side == other)
			return &known->items[i].services;
	size_t hits = court->hits->count[other], count = 0;
	hj_service *services = hj_alloc(scene->allocator, (hits + 1) * sizeof *services);
	if (!services ||
		!hj__scene_grow(scene, &known->items, &known->capacity, known->count,
			sizeof *known->items)) {
		hj_free(scene->allocator, services, (hits + 1) * sizeof *services);
		scene->status = HJ_NO_MEMORY;
		return NULL;
	}
	for (size_t i = 0; i < hits; i++) {
		const hj__tuple *tuple = hit(court, other, i);
		if (tuple)
			services[count++] = court->relation->goods[tuple->good].service;
	}
	hj__allowance *made = &known->items[known->count];
	*made = (hj__allowance){.side = other, .condition = court->condition};
	hj_services_init(&made->services, scene->allocator);
	if (hj_services_add(&made->services, services, count))
		scene->status = HJ_NO_MEMORY;
	else
		known->count++;
	hj_free(scene->allocator, services, (hits + 1) * sizeof *services);
	return scene->status ? NULL : &made->services;
}

void hj__allowances_clear(hj__allowances *known)
{
	for (size_t i = 0; i < known->count; i++)
		hj_services_free(&known->items[i].services);
	known->count = 0;
}

/* Takes from a set what is allowed, by one hit after the other; mostly one allows all of it. */
static void subtract_hits(const struct court *court, hj_services *rest)
{
	const hj__relation *relation = court->relation;
	unsigned other = !court->shape->side;
	for (size_t i = 0; i < court->hits->count[other] && rest->count; i++) {
		const hj__tuple *tuple = hit(court, other, i);
		if (tuple && hj_services_contain(&relation->goods[tuple->good].services, rest))
			hj_services_clear(rest);
	}
	for (size_t i = 0; i < court->hits->count[other] && rest->count; i++) {
		const hj__tuple *tuple = hit(court, other, i);
		if (tuple && hj_services_subtract(rest, &relation->goods[tuple->good].services))
			relation->scene->status = HJ_NO_MEMORY;
	}
}

static void judge_services(struct court *court)
{
	hj__relation *relation = court->relation;
	const hj_services *whole = &relation->goods[court->shape->good].services;
	const hj_services *allowed = court->hits->known ? find_allowed(court) : NULL;
	hj_services rest;
	if (relation->scene->status || (allowed && hj_services_contain(allowed, whole)))
		return;
	hj_services_init(&rest, relation->scene->allocator);
	if (hj_services_unite(&rest, whole) || (allowed && hj_services_subtract(&rest, allowed)))
		relation->scene->status = HJ_NO_MEMORY;
	if (!allowed)
		subtract_hits(court, &rest);
	if (rest.count && !relation->scene->status)
		rule_services(court, whole, &rest);
	hj_services_free(&rest);
}

/* -- names ---------------------------------------------------------------------------------------- */

static void judge_goods(struct court *court)
{
	unsigned other = !court->shape->side;
	for (size_t i = 0; i < court->hits->count[other]; i++) {
		const hj__tuple *tuple = hit(court, other, i);
		if (tuple && tuple->good == court->shape->good)
			return;
	}
	rule(court, court->shape->side, put(court, &court->shape->good, 1), HJ_NONE);
}

/* What a relation without destinations is about is the same for all tuples that are here. */
static void judge_keys(struct court *court)
{
	unsigned other = !court->shape->side;
	for (size_t i = 0; i < court->hits->count[other]; i++)
		if (hit(court, other, i))
			return;
	rule(court, court->shape->side, put(court, NULL, 0), HJ_NONE);
}

/* -- logins --------------------------------------------------------------------------------------- */

static bool is_nonroot(hj_slice account)
{
	hj_selector selector = hj_selector_parse(account);
	return selector.kind == HJ_SELECT_AUTOGROUP && selector.autogroup == HJ_AUTOGROUP_NONROOT;
}

/* autogroup:nonroot is every account but root (policy language 12.3). */
static bool includes(hj_slice accounts, hj_slice account)
{
	return hj_slice_equal(accounts, account) ||
		(is_nonroot(accounts) && !hj_slice_equal(account, HJ_SLICE("root")));
}

/* How far a login goes on a side; a check rule goes before an accept rule. */
static uint64_t level(const struct court *court, unsigned side, hj_slice account)
{
	const hj__good *goods = court->relation->goods;
	uint64_t checked = 0, accepted = 0;
	for (size_t i = 0; i < court->hits->count[side]; i++) {
		const hj__tuple *tuple = hit(court, side, i);
		if (!tuple || !includes(goods[tuple->good].text, account))
			continue;
		uint64_t is = goods[tuple->good].level;
		if (is == HJ__UNCHECKED)
			accepted = is;
		else if (is > checked)
			checked = is;
	}
	return checked ? checked : accepted;
}

typedef struct levels {
	uint64_t of[HJ_SIDES];
} levels;

static levels levels_of(const struct court *court, hj_slice account)
{
	return (levels){{level(court, HJ_OLD, account), level(court, HJ_NEW, account)}};
}

static void rule_login(struct court *court, hj_slice account, levels is)
{
	hj__relation *relation = court->relation;
	if (is.of[HJ_OLD] == is.of[HJ_NEW])
		return;
	unsigned side = is.of[HJ_NEW] > is.of[HJ_OLD] ? HJ_NEW : HJ_OLD;
	uint32_t good = hj__good_text(relation, account, account, 0);
	uint32_t row[] = {(uint32_t)(is.of[side] >> 32), (uint32_t)is.of[side],
		(uint32_t)(is.of[!side] >> 32), (uint32_t)is.of[!side]};
	rule(court, side, put(court, &good, 1), put(court, row, 4));
}

/*
 * What happens to autogroup:nonroot need not happen to the accounts that rules name besides, so these
 * are judged too.
 */
static void judge_logins(struct court *court)
{
	hj__relation *relation = court->relation;
	hj_slice account = relation->goods[court->shape->good].text;
	levels is = levels_of(court, account);
	rule_login(court, account, is);
	if (!is_nonroot(account))
		return;
	for (int side = 0; side < HJ_SIDES; side++)
		for (size_t i = 0; i < court->hits->count[side]; i++) {
			const hj__tuple *tuple =
				&relation->sides[side].items[court->hits->items[side][i]];
			hj_slice named = relation->goods[tuple->good].text;
			if (is_nonroot(named) || hj_slice_equal(named, HJ_SLICE("root")))
				continue;
			levels its = levels_of(court, named);
			if (its.of[HJ_OLD] != is.of[HJ_OLD] || its.of[HJ_NEW] != is.of[HJ_NEW])
				rule_login(court, named, its);
		}
}

/* -- any ------------------------------------------------------------------------------------------ */

void hj__judge(
	hj__relation *relation, const hj__shape *shape, const hj__hits *hits, hj__rulings *out)
{
	struct court court = {.relation = relation, .shape = shape, .hits = hits, .out = out};
	court.condition = condition_of(&court, shape->condition);
	out->count = 0;
	if (relation->scene->status)
		return;
	switch (relation->plane) {
	case HJ_PLANE_NETWORK: judge_services(&court); break;
	case HJ_PLANE_APP: judge_goods(&court); break;
	case HJ_PLANE_SSH: judge_logins(&court); break;
	default: judge_keys(&court); break;
	}
}
