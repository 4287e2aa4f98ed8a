#include "lint/cover.h"

#include "lint/advice.h"
#include "lint/cover_parts.h"
#include "policy/selector.h"

#include <stdlib.h>

/* -- the index ----------------------------------------------------------------------------------- */

static uint64_t hash_key(const hj_cover_atom *key)
{
	uint64_t hash = (uint64_t)key->src << 32 | key->dst;
	hash = (hash ^ hash >> 31) * UINT64_C(0x9E3779B97F4A7C15);
	hash ^= (uint64_t)key->condition << 16 ^ (uint64_t)(uint32_t)(key->protocol + 1);
	hash = (hash ^ hash >> 29) * UINT64_C(0xD6E8FEB86659FD93);
	return hash ^ hash >> 32;
}

static bool same_key(const hj_cover_atom *a, const hj_cover_atom *b)
{
	return a->src == b->src && a->dst == b->dst && a->condition == b->condition &&
		a->protocol == b->protocol;
}

/* Of a key the slot with its bucket, or the one that it would get. */
static uint32_t *slot_of(const hj_coverage *cover, const hj_cover_atom *key)
{
	size_t mask = cover->slot_count - 1;
	for (size_t at = (size_t)hash_key(key) & mask;; at = (at + 1) & mask) {
		uint32_t *slot = &cover->slots[at];
		if (*slot == 0 || same_key(&cover->atoms[cover->buckets[*slot - 1].atom], key))
			return slot;
	}
}

/* The number of an atom's bucket, which is made when it is the first of its key. */
static uint32_t bucket_for(hj_coverage *cover, uint32_t atom)
{
	uint32_t *slot = slot_of(cover, &cover->atoms[atom]);
	if (*slot)
		return *slot - 1;
	cover->status = hj_grow(cover->run->allocator, &cover->buckets, &cover->bucket_capacity,
		cover->bucket_count + 1, sizeof *cover->buckets);
	if (cover->status)
		return 0;
	cover->buckets[cover->bucket_count++] = (hj_cover_bucket){.atom = atom};
	*slot = (uint32_t)cover->bucket_count;
	return *slot - 1;
}

/* Does one atom stand before another in its bucket? What includes comes first. */
static bool precedes(const hj_coverage *cover, uint32_t one, uint32_t other)
{
	const hj_cover_atom *a = &cover->atoms[one], *b = &cover->atoms[other];
	if (a->ports.first != b->ports.first)
		return a->ports.first < b->ports.first;
	if (a->ports.last != b->ports.last)
		return a->ports.last > b->ports.last;
	return one < other;
}

/* Heap sort: in place, n log n, and no recursion. */
static void sift(const hj_coverage *cover, uint32_t *heap, size_t at, size_t count)
{
	for (size_t child; (child = 2 * at + 1) < count; at = child) {
		if (child + 1 < count && precedes(cover, heap[child], heap[child + 1]))
			child++;
		if (!precedes(cover, heap[at], heap[child]))
			return;
		uint32_t moved = heap[at];
		heap[at] = heap[child];
		heap[child] = moved;
	}
}

static void sort_bucket(const hj_coverage *cover, uint32_t *items, size_t count)
{
	for (size_t i = count / 2; i-- > 0;)
		sift(cover, items, i, count);
	for (size_t end = count; end-- > 1;) {
		uint32_t last = items[0];
		items[0] = items[end];
		items[end] = last;
		sift(cover, items, 0, end);
	}
}

static bool make_index(hj_coverage *cover)
{
	const hj_allocator *allocator = cover->run->allocator;
	size_t count = cover->atom_count;
	cover->slot_count = 16;
	while (cover->slot_count < count + count / 2)
		cover->slot_count *= 2;
	cover->slots = hj_alloc(allocator, cover->slot_count * sizeof *cover->slots);
	cover->order = hj_alloc(allocator, count * sizeof *cover->order);
	cover->widest = hj_alloc(allocator, count * sizeof *cover->widest);
	if (!cover->slots || !cover->order || !cover->widest)
		return false;
	memset(cover->slots, 0, cover->slot_count * sizeof *cover->slots);
	/* Until the buckets are sorted, the bucket of each atom. */
	uint32_t *bucket_of = cover->widest;
	for (size_t i = 0; i < count; i++) {
		bucket_of[i] = bucket_for(cover, (uint32_t)i);
		if (cover->status)
			return false;
		cover->buckets[bucket_of[i]].count++;
	}
	uint32_t start = 0;
	for (size_t i = 0; i < cover->bucket_count; i++) {
		cover->buckets[i].start = start;
		start += cover->buckets[i].count;
		cover->buckets[i].count = 0;
	}
	for (size_t i = 0; i < count; i++) {
		hj_cover_bucket *bucket = &cover->buckets[bucket_of[i]];
		cover->order[bucket->start + bucket->count++] = (uint32_t)i;
	}
	for (size_t i = 0; i < cover->bucket_count; i++) {
		hj_cover_bucket *bucket = &cover->buckets[i];
		uint32_t *items = cover->order + bucket->start,
			 *widest = cover->widest + bucket->start;
		if (bucket->count > 1)
			sort_bucket(cover, items, bucket->count);
		for (uint32_t k = 0; k < bucket->count; k++)
			widest[k] = k &&
					cover->atoms[widest[k - 1]].ports.last >=
						cover->atoms[items[k]].ports.last
				? widest[k - 1]
				: items[k];
	}
	return true;
}

/* -- looking up ---------------------------------------------------------------------------------- */

/* An atom of a key that includes another one's ports, and that comes before it; -1: none. */
static int64_t find(const hj_coverage *cover, const hj_cover_atom *key, uint32_t inner)
{
	uint32_t slot = *slot_of(cover, key);
	if (slot == 0)
		return -1;
	const hj_cover_bucket *bucket = &cover->buckets[slot - 1];
	const uint32_t *items = cover->order + bucket->start;
	uint32_t low = 0, high = bucket->count;
	bool own = same_key(key, &cover->atoms[inner]);
	hj_ports ports = cover->atoms[inner].ports;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (own ? precedes(cover, items[middle], inner)
			: cover->atoms[items[middle]].ports.first <= ports.first)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return -1;
	uint32_t widest = cover->widest[bucket->start + low - 1];
	return cover->atoms[widest].ports.last >= ports.last ? (int64_t)widest : -1;
}

/* Names that may stand for one: itself, and what includes it. */
enum { MOST_NAMES = 12 };

static size_t wider_names(
	const hj_coverage *cover, uint32_t id, bool source, uint32_t names[MOST_NAMES])
{
	const hj_cover_name *token = &cover->tokens[id];
	size_t count = 0;
	names[count++] = id;
	if (cover->star && id != cover->star && (source ? token->inside : !token->internet))
		names[count++] = cover->star;
	if (cover->tagged && token->tag)
		names[count++] = cover->tagged;
	if (cover->danger && source && id != cover->danger)
		names[count++] = cover->danger;
	if (!token->user)
		return count;
	for (uint32_t at = hj__members_of(&cover->members, token->text); at && count < MOST_NAMES;
		at = cover->members.items[at].next) {
		const uint32_t *group = hj_map_get(&cover->ids, cover->members.items[at].group);
		if (group)
			names[count++] = *group;
	}
	return count;
}

static int64_t find_cover(const hj_coverage *cover, uint32_t index)
{
	const hj_cover_atom *atom = &cover->atoms[index];
	uint32_t src[MOST_NAMES], dst[MOST_NAMES];
	size_t src_count = wider_names(cover, atom->src, true, src);
	size_t dst_count = wider_names(cover, atom->dst, false, dst);
	/* Without a condition of its own a rule has the default one, which is none of them. */
	bool free =
		atom->condition && cover->tokens[atom->condition].narrows && !cover->has_default;
	bool usual = atom->protocol == 1 || atom->protocol == 6 || atom->protocol == 17 ||
		atom->protocol == 58;
	for (size_t i = 0; i < src_count; i++)
		for (size_t k = 0; k < dst_count; k++)
			for (int more = 0; more < 4; more++) {
				hj_cover_atom key = {.condition = more & 1 ? 0 : atom->condition,
					.src = src[i],
					.dst = dst[k],
					.protocol = more & 2 ? -1 : atom->protocol};
				if ((more & 1 && !free) || (more & 2 && !usual))
					continue;
				int64_t found = find(cover, &key, index);
				if (found >= 0)
					return found;
			}
	return -1;
}

/* -- reporting ----------------------------------------------------------------------------------- */

/* The same tokens in the same order? That is another rule's finding. */
static bool same_text(const hj_lint_run *run, uint32_t a, uint32_t b)
{
	const hj_node *nodes = hj_document_nodes(run->document);
	uint32_t count = nodes[a].next - a;
	if (nodes[b].next - b != count)
		return false;
	for (uint32_t i = 1; i < count; i++)
		if (hj_node_kind(&nodes[a + i]) != hj_node_kind(&nodes[b + i]) ||
			(!hj_node_is_container(&nodes[a + i]) &&
				!hj_slice_equal(hj__bytes(run, a + i), hj__bytes(run, b + i))))
			return false;
	return true;
}

static uint32_t node_of(const hj_policy *policy, uint32_t rule)
{
	uint32_t acls = policy->acls.count;
	return rule < acls ? policy->acls.items[rule].node : policy->grants.items[rule - acls].node;
}

static void remove_rule(hj_lint_run *run, hj_finding *finding, uint32_t rule)
{
	const hj_policy *policy = run->policy;
	uint32_t acls = policy->acls.count;
	bool first = rule == 0 || rule == acls;
	hj__remove_element(run, finding, rule < acls ? policy->acls.node : policy->grants.node,
		first ? 0 : node_of(policy, rule - 1), node_of(policy, rule), false);
}

enum { MOST_RELATED = 3 };

static void judge(hj_coverage *cover, uint32_t index, const hj_rule *code)
{
	const hj_cover_rule *rule = &cover->rules[index];
	const hj_policy *policy = cover->run->policy;
	uint32_t others[MOST_RELATED];
	size_t count = 0;
	if (!rule->judged || rule->count == 0)
		return;
	for (uint32_t i = 0; i < rule->count; i++) {
		int64_t found = find_cover(cover, rule->first + i);
		if (found < 0)
			return;
		uint32_t other = cover->atoms[found].rule;
		bool known = other == index;
		for (size_t k = 0; k < count; k++)
			known = known || others[k] == other;
		if (!known && count < MOST_RELATED)
			others[count++] = other;
	}
	if (count == 1 && same_text(cover->run, node_of(policy, index), node_of(policy, others[0])))
		return;
	hj_finding *finding = hj__advise(cover->run, code, node_of(policy, index),
		count == 1 ? "another rule allows all that this one does"
			   : "other rules together allow all that this one does");
	for (size_t k = 0; k < count; k++)
		hj__point(cover->run, finding, node_of(policy, others[k]),
			count == 1 ? "this rule is as wide or wider" : "one of them");
	remove_rule(cover->run, finding, index);
}

static uint32_t find_token(const hj_coverage *cover, hj_slice text)
{
	const uint32_t *id = hj_map_get(&cover->ids, text);
	return id ? *id : 0;
}

hj_status hj__find_covered(hj_lint_run *run, const hj_rule *code)
{
	const hj_allocator *allocator = run->allocator;
	hj_coverage cover = {.run = run, .has_default = run->policy->default_posture.count > 0};
	hj_arena_init(&cover.arena, allocator);
	hj_map_init(&cover.ids, allocator);
	cover.status = hj__members_gather(&cover.members, run->policy, allocator);
	size_t known_size = run->policy->term_count * sizeof *cover.known[0];
	for (size_t i = 0; i < 2; i++) {
		cover.known[i] = hj_alloc(allocator, known_size);
		if (cover.known[i])
			memset(cover.known[i], 0, known_size);
		else
			cover.status = HJ_NO_MEMORY;
	}
	size_t rules_size =
		((size_t)run->policy->acls.count + run->policy->grants.count) * sizeof *cover.rules;
	cover.rules = hj_alloc(allocator, rules_size);
	if (!cover.rules)
		cover.status = HJ_NO_MEMORY;
	if (!cover.status)
		hj__cover_read(&cover);
	if (!cover.status && cover.atom_count && !make_index(&cover))
		cover.status = HJ_NO_MEMORY;
	cover.star = find_token(&cover, HJ_SLICE("*"));
	cover.tagged = find_token(&cover, HJ_SLICE("autogroup:tagged"));
	cover.danger = find_token(&cover, HJ_SLICE("autogroup:danger-all"));
	for (uint32_t i = 0; !cover.status && cover.atom_count && i < cover.rule_count; i++)
		judge(&cover, i, code);
	hj__members_free(&cover.members);
	for (size_t i = 0; i < 2; i++)
		hj_free(allocator, cover.known[i], known_size);
	hj_free(allocator, cover.widest, cover.atom_count * sizeof *cover.widest);
	hj_free(allocator, cover.order, cover.atom_count * sizeof *cover.order);
	hj_free(allocator, cover.buckets, cover.bucket_capacity * sizeof *cover.buckets);
	hj_free(allocator, cover.slots, cover.slot_count * sizeof *cover.slots);
	hj_free(allocator, cover.sources, cover.source_capacity * sizeof *cover.sources);
	hj_free(allocator, cover.rules, rules_size);
	hj_free(allocator, cover.atoms, cover.atom_capacity * sizeof *cover.atoms);
	hj_free(allocator, cover.tokens, cover.token_capacity * sizeof *cover.tokens);
	hj_map_free(&cover.ids);
	hj_arena_free(&cover.arena);
	return cover.status;
}
