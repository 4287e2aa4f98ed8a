#include "lint/cover.h"

#include "base/fold.h"
#include "lint/advice.h"
#include "lint/members.h"
#include "policy/ports.h"
#include "policy/selector.h"

#include <stdlib.h>

/* -- names --------------------------------------------------------------------------------------- */

typedef struct cover_name {
	hj_slice text;
	bool inside;   /* "*" includes it as a source */
	bool tag;      /* autogroup:tagged includes it */
	bool internet; /* "*" does not include it as a destination */
	bool narrows;  /* a condition on sources alone: a rule without conditions is wider */
	bool user;
} cover_name;

typedef struct cover_atom {
	uint32_t condition, src, dst; /* tokens; condition 0: none */
	int protocol;                 /* -1: the usual ones */
	hj_ports ports;
	uint32_t rule;
} cover_atom;

/* Those of "acls", then those of "grants". */
typedef struct cover_rule {
	uint32_t first, count; /* atoms */
	bool judged;           /* all that it allows is in its atoms */
} cover_rule;

typedef struct cover_bucket {
	uint32_t atom; /* 1 + an atom of this key; 0: free */
	uint32_t start, count;
} cover_bucket;

typedef struct coverage {
	hj_lint_run *run;
	hj_arena arena;
	hj_map ids;
	uint32_t *known[2]; /* the token of each term, as it is and in lower case; 0: not yet */
	cover_name *tokens; /* [0] is none */
	size_t token_count, token_capacity;
	cover_atom *atoms;
	size_t atom_count, atom_capacity;
	uint32_t *sources; /* of the rule at hand */
	size_t source_count, source_capacity;
	cover_rule *rules;
	size_t rule_count; /* read so far, of as many as there are */
	hj__members members;
	uint32_t star, tagged, danger; /* tokens, 0 where nobody uses them */
	bool has_default;              /* there is a defaultSrcPosture */
	cover_bucket *buckets;
	size_t bucket_count; /* a power of two */
	uint32_t *order;     /* atoms by bucket, then by ports */
	uint32_t *widest;    /* for each place in order the atom so far that ends last */
	hj_status status;
} coverage;

/* Atoms that one rule may have; sources that are more are taken as one name, as they are. */
enum { MOST_ATOMS = 1024, MANY_ATOMS = 48 };

static void classify(cover_name *token, const hj_selector *selector)
{
	switch (selector->kind) {
	case HJ_SELECT_USER:
		token->user = true;
		token->inside = true;
		break;
	case HJ_SELECT_TAG:
		token->tag = true;
		token->inside = true;
		break;
	case HJ_SELECT_DOMAIN:
	case HJ_SELECT_GROUP:
	case HJ_SELECT_SYNCED: token->inside = true; break;
	case HJ_SELECT_AUTOGROUP:
		token->internet = selector->autogroup == HJ_AUTOGROUP_INTERNET;
		token->inside = selector->autogroup == HJ_AUTOGROUP_MEMBER ||
			selector->autogroup == HJ_AUTOGROUP_TAGGED ||
			selector->autogroup == HJ_AUTOGROUP_SHARED ||
			hj_autogroup_is_role(selector->autogroup);
		break;
	default: break;
	}
}

static uint32_t token_of(coverage *cover, hj_slice text, bool *is_new)
{
	uint32_t *id;
	bool was_there;
	*is_new = false;
	if (cover->status)
		return 0;
	cover->status = hj_grow(cover->run->allocator, &cover->tokens, &cover->token_capacity,
		cover->token_count + 2, sizeof *cover->tokens);
	if (cover->status)
		return 0;
	if (cover->token_count == 0)
		cover->tokens[cover->token_count++] = (cover_name){0};
	cover->status =
		hj_map_put(&cover->ids, text, (uint32_t)cover->token_count, &id, &was_there);
	if (cover->status)
		return 0;
	if (!was_there) {
		cover->tokens[cover->token_count++] = (cover_name){.text = text};
		*is_new = true;
	}
	return *id;
}

static uint32_t name_of(coverage *cover, uint32_t term, bool folds)
{
	const hj_selector *selector = &cover->run->policy->terms[term].selector;
	uint32_t *known = &cover->known[folds][term];
	hj_slice text = selector->text;
	bool ok = true, is_new;
	if (*known)
		return *known;
	if (hj_slice_equal(text, HJ_SLICE("autogroup:members")))
		text = HJ_SLICE("autogroup:member");
	if (folds || (text.size > 4 && hj_fold(text.data[0]) == 't' && text.data[3] == ':'))
		text = hj_slice_folded(text, &cover->arena, &ok);
	if (!ok)
		cover->status = HJ_NO_MEMORY;
	*known = token_of(cover, text, &is_new);
	if (is_new)
		classify(&cover->tokens[*known], selector);
	return *known;
}

/* The words of two lists as one text, in their order; first tells them from names. */
static hj_slice join(coverage *cover, char first, const hj_words *one, const hj_words *other)
{
	const hj_words *lists[] = {one, other};
	size_t size = 1;
	for (size_t k = 0; k < 2; k++)
		for (uint32_t i = 0; lists[k] && i < lists[k]->count; i++)
			size += lists[k]->items[i].text.size + 1;
	char *text = hj_arena_alloc(&cover->arena, size), *at = text;
	if (!text) {
		cover->status = HJ_NO_MEMORY;
		return HJ_SLICE("");
	}
	*at++ = first;
	for (size_t k = 0; k < 2; k++)
		for (uint32_t i = 0; lists[k] && i < lists[k]->count; i++) {
			hj_slice word = lists[k]->items[i].text;
			memcpy(at, word.data ? word.data : "", word.size);
			at += word.size;
			*at++ = k ? '\r' : '\n';
		}
	return hj_slice_of(text, size);
}

static uint32_t condition_of(coverage *cover, const hj_words *posture, const hj_words *via)
{
	bool is_new;
	if (!posture->count && !(via && via->count))
		return 0;
	uint32_t id = token_of(cover, join(cover, '\1', posture, via), &is_new);
	if (is_new)
		cover->tokens[id].narrows = !(via && via->count);
	return id;
}

/* All sources of a rule as one. */
static uint32_t set_of(coverage *cover, const hj_words *src)
{
	bool is_new, inside = true;
	uint32_t id = token_of(cover, join(cover, '\2', src, NULL), &is_new);
	if (!is_new)
		return id;
	for (uint32_t i = 0; i < src->count && inside; i++) {
		cover_name one = {0};
		classify(&one, &cover->run->policy->terms[src->items[i].term].selector);
		inside = one.inside;
	}
	cover->tokens[id].inside = inside;
	return id;
}

/* -- atoms --------------------------------------------------------------------------------------- */

/* The names of a rule's sources, once for all its atoms; many are taken as one. */
static void read_sources(coverage *cover, const hj_words *src, bool many)
{
	cover->source_count = 0;
	if (!cover->status)
		cover->status = hj_grow(cover->run->allocator, &cover->sources,
			&cover->source_capacity, src->count + 1, sizeof *cover->sources);
	if (many && !cover->status)
		cover->sources[cover->source_count++] = set_of(cover, src);
	for (uint32_t i = 0; !many && i < src->count && !cover->status; i++)
		cover->sources[cover->source_count++] = name_of(cover, src->items[i].term, false);
}

static void add_atoms(
	coverage *cover, uint32_t condition, uint32_t dst, int protocol, hj_ports ports)
{
	if (!cover->status)
		cover->status = hj_grow(cover->run->allocator, &cover->atoms, &cover->atom_capacity,
			cover->atom_count + cover->source_count, sizeof *cover->atoms);
	for (size_t i = 0; i < cover->source_count && !cover->status; i++)
		cover->atoms[cover->atom_count++] = (cover_atom){condition, cover->sources[i], dst,
			protocol, ports, (uint32_t)cover->rule_count - 1};
}

static cover_rule *begin_rule(coverage *cover)
{
	cover_rule *rule = &cover->rules[cover->rule_count++];
	*rule = (cover_rule){(uint32_t)cover->atom_count, 0, true};
	return rule;
}

/* A rule that cannot be cut takes no part. */
static void end_rule(coverage *cover, cover_rule *rule, bool good)
{
	if (!good) {
		cover->atom_count = rule->first;
		rule->judged = false;
	}
	rule->count = (uint32_t)cover->atom_count - rule->first;
}

static void read_acl(coverage *cover, const hj_acl *acl)
{
	hj_slice proto = hj_trim(acl->proto.text);
	uint8_t number = 0;
	cover_rule *rule = begin_rule(cover);
	bool good = hj_slice_equal(hj_trim(acl->action.text), HJ_SLICE("accept")) &&
		(proto.size == 0 || hj_protocol_parse(proto, &number));
	bool many = (size_t)acl->src.count * acl->dst.count > MANY_ATOMS;
	uint32_t condition = condition_of(cover, &acl->posture, NULL);
	read_sources(cover, &acl->src, many);
	for (uint32_t i = 0; good && i < acl->dst.count && !cover->status; i++) {
		hj_hostport split;
		hj_ports ports;
		good = hj_hostport_split(hj_trim(acl->dst.items[i].text), &split);
		hj_slice rest = split.ports;
		uint32_t dst = name_of(cover, acl->dst.items[i].term, true);
		size_t before = cover->atom_count;
		while (good && hj_ports_next(&rest, &ports, NULL))
			add_atoms(cover, condition, dst, proto.size ? number : -1, ports);
		good = good && rest.data == NULL && cover->atom_count > before;
	}
	end_rule(cover, rule, good);
}

static void read_grant(coverage *cover, const hj_grant *grant)
{
	cover_rule *rule = begin_rule(cover);
	size_t pairs = (size_t)grant->dst.count * grant->ip.count;
	bool good = pairs <= MOST_ATOMS, many = pairs * grant->src.count > MANY_ATOMS;
	uint32_t condition = condition_of(cover, &grant->posture, &grant->via);
	read_sources(cover, &grant->src, many);
	for (uint32_t i = 0; good && i < grant->dst.count && !cover->status; i++) {
		uint32_t dst = name_of(cover, grant->dst.items[i].term, false);
		for (uint32_t k = 0; good && k < grant->ip.count; k++) {
			hj_ip_item item;
			good = hj_ip_item_parse(hj_trim(grant->ip.items[k].text), &item, NULL);
			if (good)
				add_atoms(cover, condition, dst, item.protocol, item.ports);
		}
	}
	end_rule(cover, rule, good);
	/* What it allows applications to do is not compared. */
	rule->judged = rule->judged && !grant->app.count;
}

/* -- the index ----------------------------------------------------------------------------------- */

static uint64_t hash_key(const cover_atom *key)
{
	uint64_t hash = (uint64_t)key->src << 32 | key->dst;
	hash = (hash ^ hash >> 31) * UINT64_C(0x9E3779B97F4A7C15);
	hash ^= (uint64_t)key->condition << 16 ^ (uint64_t)(uint32_t)(key->protocol + 1);
	hash = (hash ^ hash >> 29) * UINT64_C(0xD6E8FEB86659FD93);
	return hash ^ hash >> 32;
}

static bool same_key(const cover_atom *a, const cover_atom *b)
{
	return a->src == b->src && a->dst == b->dst && a->condition == b->condition &&
		a->protocol == b->protocol;
}

static cover_bucket *bucket_of(const coverage *cover, const cover_atom *key)
{
	size_t mask = cover->bucket_count - 1;
	for (size_t at = (size_t)hash_key(key) & mask;; at = (at + 1) & mask) {
		cover_bucket *bucket = &cover->buckets[at];
		if (bucket->atom == 0 || same_key(&cover->atoms[bucket->atom - 1], key))
			return bucket;
	}
}

/* Does one atom stand before another in its bucket? What includes comes first. */
static bool precedes(const coverage *cover, uint32_t one, uint32_t other)
{
	const cover_atom *a = &cover->atoms[one], *b = &cover->atoms[other];
	if (a->ports.first != b->ports.first)
		return a->ports.first < b->ports.first;
	if (a->ports.last != b->ports.last)
		return a->ports.last > b->ports.last;
	return one < other;
}

/* Heap sort: in place, n log n, and no recursion. */
static void sift(const coverage *cover, uint32_t *heap, size_t at, size_t count)
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

static void sort_bucket(const coverage *cover, uint32_t *items, size_t count)
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

static bool make_index(coverage *cover)
{
	const hj_allocator *allocator = cover->run->allocator;
	size_t count = cover->atom_count;
	cover->bucket_count = 16;
	while (cover->bucket_count < count * 2)
		cover->bucket_count *= 2;
	cover->buckets = hj_alloc(allocator, cover->bucket_count * sizeof *cover->buckets);
	cover->order = hj_alloc(allocator, count * sizeof *cover->order);
	cover->widest = hj_alloc(allocator, count * sizeof *cover->widest);
	if (!cover->buckets || !cover->order || !cover->widest)
		return false;
	memset(cover->buckets, 0, cover->bucket_count * sizeof *cover->buckets);
	for (size_t i = 0; i < count; i++) {
		cover_bucket *bucket = bucket_of(cover, &cover->atoms[i]);
		bucket->atom = (uint32_t)i + 1;
		bucket->count++;
	}
	uint32_t start = 0;
	for (size_t i = 0; i < cover->bucket_count; i++) {
		cover->buckets[i].start = start;
		start += cover->buckets[i].count;
		cover->buckets[i].count = 0;
	}
	for (size_t i = 0; i < count; i++) {
		cover_bucket *bucket = bucket_of(cover, &cover->atoms[i]);
		cover->order[bucket->start + bucket->count++] = (uint32_t)i;
	}
	for (size_t i = 0; i < cover->bucket_count; i++) {
		cover_bucket *bucket = &cover->buckets[i];
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
static int64_t find(const coverage *cover, const cover_atom *key, uint32_t inner)
{
	const cover_bucket *bucket = bucket_of(cover, key);
	const uint32_t *items = cover->order + bucket->start;
	uint32_t low = 0, high = bucket->count;
	if (bucket->atom == 0)
		return -1;
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
	const coverage *cover, uint32_t id, bool source, uint32_t names[MOST_NAMES])
{
	const cover_name *token = &cover->tokens[id];
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

static int64_t find_cover(const coverage *cover, uint32_t index)
{
	const cover_atom *atom = &cover->atoms[index];
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
				cover_atom key = {.condition = more & 1 ? 0 : atom->condition,
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

static void judge(coverage *cover, uint32_t index, const hj_rule *code)
{
	const cover_rule *rule = &cover->rules[index];
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

static uint32_t find_token(const coverage *cover, hj_slice text)
{
	const uint32_t *id = hj_map_get(&cover->ids, text);
	return id ? *id : 0;
}

static void read_rules(coverage *cover)
{
	const hj_policy *policy = cover->run->policy;
	for (uint32_t i = 0; i < policy->acls.count && !cover->status; i++)
		read_acl(cover, &policy->acls.items[i]);
	for (uint32_t i = 0; i < policy->grants.count && !cover->status; i++)
		read_grant(cover, &policy->grants.items[i]);
	if (!cover->status && cover->atom_count && !make_index(cover))
		cover->status = HJ_NO_MEMORY;
}

hj_status hj__find_covered(hj_lint_run *run, const hj_rule *code)
{
	const hj_allocator *allocator = run->allocator;
	coverage cover = {.run = run, .has_default = run->policy->default_posture.count > 0};
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
		read_rules(&cover);
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
	hj_free(allocator, cover.buckets, cover.bucket_count * sizeof *cover.buckets);
	hj_free(allocator, cover.sources, cover.source_capacity * sizeof *cover.sources);
	hj_free(allocator, cover.rules, rules_size);
	hj_free(allocator, cover.atoms, cover.atom_capacity * sizeof *cover.atoms);
	hj_free(allocator, cover.tokens, cover.token_capacity * sizeof *cover.tokens);
	hj_map_free(&cover.ids);
	hj_arena_free(&cover.arena);
	return cover.status;
}
