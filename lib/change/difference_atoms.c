/*
 * Atoms: the smallest subjects of two policies. Everybody is a union of them.
 *
 * Access only ever adds up, so whoever is several atoms (an admin in two groups, a device with two
 * tags) may do what each of them may; when no atom sees a difference, nobody does. Facts that only the
 * tailnet knows are taken not to hold of an atom that has a name, since another atom stands for them:
 * "alice" is no admin here, and "an admin" is one more atom.
 */
#include "change/difference_parts.h"

#include "base/fold.h"

uint32_t hj__atom_add(hj__scene *scene, hj__atom atom)
{
	if (!hj__scene_grow(scene, &scene->atoms, &scene->atom_capacity, scene->atom_count,
		    sizeof *scene->atoms))
		return HJ_NONE;
	scene->atoms[scene->atom_count] = atom;
	return (uint32_t)scene->atom_count++;
}

/* The atom of a name, made when it is new. */
static uint32_t named(hj__scene *scene, hj_map *map, hj_slice name, hj__atom atom)
{
	bool ok = true, was_there;
	uint32_t *found;
	hj_slice key = map == &scene->groups ? name : hj_slice_folded(name, &scene->arena, &ok);
	if (!ok || scene->status ||
		hj_map_put(map, key, (uint32_t)scene->atom_count, &found, &was_there)) {
		scene->status = HJ_NO_MEMORY;
		return HJ_NONE;
	}
	return was_there ? *found : hj__atom_add(scene, atom);
}

static hj__atom nameless(hj__atom_kind kind, unsigned is)
{
	return (hj__atom){.kind = kind, .is = is, .device = HJ_NONE, .user = HJ_NONE};
}

static hj__atom with_name(hj__atom_kind kind, unsigned is, hj_slice name)
{
	hj__atom atom = nameless(kind, is);
	atom.name = name;
	return atom;
}

enum { MEMBER = HJ__IS_DEVICE | HJ__IS_MEMBER | HJ__IS_OWNED };

/* -- people --------------------------------------------------------------------------------------- */

/*
 * What a user is for sure, as reach.h has it: without a list of users a login of another domain may
 * be an invited member or somebody who accepted a share.
 */
static unsigned standing_of(const hj__scene *scene, const hj_user *user)
{
	const hj_world *world = scene->sides[HJ_OLD].world;
	if (user->shared)
		return HJ__IS_DEVICE | HJ__IS_SHARED | HJ__NO_POSTURE;
	bool member = scene->has_users ? user->listed
		: user->devices.count
		? true
		: !world->domain.size || hj_slice_equal_folded(world->domain, user->domain);
	return HJ__IS_DEVICE | HJ__IS_OWNED | (member ? HJ__IS_MEMBER : 0);
}

static void find_users(hj__scene *scene, hj__side *side)
{
	const hj_world *world = side->world;
	side->users = hj__scene_room(scene, world->user_count, sizeof *side->users);
	for (uint32_t i = 0; i < world->user_count && !scene->status; i++) {
		const hj_user *user = &world->users[i];
		hj__atom atom = with_name(HJ__ATOM_USER, standing_of(scene, user), user->login);
		atom.role = user->shared ? HJ_AUTOGROUP_UNKNOWN : user->role;
		side->users[i] = named(scene, &scene->users, user->login, atom);
		if (!scene->status)
			scene->atoms[side->users[i]].user = side->users[i];
	}
}

static void find_groups(hj__scene *scene, hj__side *side)
{
	const hj_world *world = side->world;
	side->groups = hj__scene_room(scene, world->group_count, sizeof *side->groups);
	for (uint32_t i = 0; i < world->group_count && !scene->status; i++) {
		const hj_group *group = &world->groups[i];
		side->groups[i] = group->synced
			? named(scene, &scene->groups, group->name,
				  with_name(HJ__ATOM_SYNCED, MEMBER, group->name))
			: HJ_NONE;
	}
}

static void find_tags(hj__scene *scene, hj__side *side)
{
	const hj_world *world = side->world;
	side->tags = hj__scene_room(scene, world->tag_count, sizeof *side->tags);
	for (uint32_t i = 0; i < world->tag_count && !scene->status; i++) {
		hj__atom atom =
			with_name(HJ__ATOM_TAG, HJ__IS_DEVICE | HJ__IS_TAGGED, world->tags[i].name);
		side->tags[i] = named(scene, &scene->tags, world->tags[i].name, atom);
	}
}

/* -- what terms bring in -------------------------------------------------------------------------- */

static void find_terms(hj__scene *scene, hj__side *side, bool *roles)
{
	const hj_policy *policy = side->world->policy;
	for (uint32_t i = 0; i < policy->term_count && !scene->status; i++) {
		const hj_selector *term = &policy->terms[i].selector;
		if (!side->used[i])
			continue;
		if (term->kind == HJ_SELECT_SERVICE)
			named(scene, &scene->services, term->text,
				with_name(HJ__ATOM_SERVICE, 0, term->text));
		else if (term->kind == HJ_SELECT_TEMPLATE)
			named(scene, &scene->templates, term->text,
				with_name(HJ__ATOM_TEMPLATE, 0, term->text));
		else if (term->kind == HJ_SELECT_DOMAIN && !scene->has_users)
			named(scene, &scene->domains, term->name,
				with_name(HJ__ATOM_DOMAIN, MEMBER, term->name));
		else if (term->kind == HJ_SELECT_AUTOGROUP)
			roles[term->autogroup] = true;
	}
}

static void add_nameless(hj__scene *scene, const bool *roles)
{
	static const hj_autogroup all[] = {HJ_AUTOGROUP_OWNER, HJ_AUTOGROUP_ADMIN,
		HJ_AUTOGROUP_IT_ADMIN, HJ_AUTOGROUP_NETWORK_ADMIN, HJ_AUTOGROUP_BILLING_ADMIN,
		HJ_AUTOGROUP_AUDITOR};
	for (size_t i = 0; i < sizeof all / sizeof *all && !scene->has_users; i++) {
		hj__atom atom = nameless(HJ__ATOM_ROLE, MEMBER);
		atom.role = all[i];
		if (roles[all[i]])
			hj__atom_add(scene, atom);
	}
	if (!scene->has_users)
		hj__atom_add(scene, nameless(HJ__ATOM_MEMBER, MEMBER));
	hj__atom_add(scene, nameless(HJ__ATOM_TAGGED, HJ__IS_DEVICE | HJ__IS_TAGGED));
	hj__atom_add(
		scene, nameless(HJ__ATOM_SHARED, HJ__IS_DEVICE | HJ__IS_SHARED | HJ__NO_POSTURE));
	if (!scene->has_devices)
		hj__atom_add(scene, nameless(HJ__ATOM_ROUTE, HJ__NO_POSTURE));
	hj__atom_add(scene, nameless(HJ__ATOM_OUTSIDE, HJ__NO_POSTURE));
	hj__atom_add(scene, nameless(HJ__ATOM_EXIT, 0));
}

/* -- which terms stand where ---------------------------------------------------------------------- */

static void use(hj__side *side, const hj_words *words, hj__position position)
{
	for (uint32_t i = 0; i < words->count; i++)
		side->used[words->items[i].term] |= (uint8_t)(1u << position);
}

static void use_entries(hj__side *side, const hj_entries *entries)
{
	for (uint32_t i = 0; i < entries->count; i++)
		use(side, &entries->items[i].words, HJ__DEVICES);
}

static void find_uses(hj__scene *scene, hj__side *side)
{
	const hj_policy *policy = side->world->policy;
	size_t terms = policy->term_count;
	side->used = hj__scene_room(scene, terms, sizeof *side->used);
	if (!side->used)
		return;
	memset(side->used, 0, terms);
	if (scene->planes & (1u << HJ_PLANE_NETWORK | 1u << HJ_PLANE_APP)) {
		for (uint32_t i = 0; i < policy->acls.count; i++) {
			use(side, &policy->acls.items[i].src, HJ__SOURCE);
			use(side, &policy->acls.items[i].dst, HJ__DESTINATION);
		}
		for (uint32_t i = 0; i < policy->grants.count; i++) {
			const hj_grant *grant = &policy->grants.items[i];
			use(side, &grant->src, HJ__SOURCE);
			use(side, &grant->dst, grant->via.count ? HJ__ROUTED : HJ__DESTINATION);
		}
	}
	for (uint32_t i = 0; i < policy->ssh.count && scene->planes & 1u << HJ_PLANE_SSH; i++) {
		use(side, &policy->ssh.items[i].src, HJ__DEVICES);
		use(side, &policy->ssh.items[i].dst, HJ__DEVICES);
	}
	if (scene->planes & 1u << HJ_PLANE_TAG_OWNER)
		use_entries(side, &policy->tag_owners);
	if (scene->planes & 1u << HJ_PLANE_APPROVER) {
		use_entries(side, &policy->auto_approvers.routes);
		use_entries(side, &policy->auto_approvers.services);
		use(side, &policy->auto_approvers.exit_node, HJ__DEVICES);
	}
	for (uint32_t i = 0;
		i < policy->node_attrs.count && scene->planes & 1u << HJ_PLANE_ATTRIBUTE; i++)
		use(side, &policy->node_attrs.items[i].target, HJ__DEVICES);
	side->used[0] = 0; /* the empty selector */
}

/* -- all ------------------------------------------------------------------------------------------ */

void hj__atoms_find(hj__scene *scene)
{
	const hj_inventory *inventory = scene->sides[HJ_OLD].world->inventory;
	bool roles[HJ_AUTOGROUP_NONROOT + 1] = {false};
	for (int i = 0; i < HJ_SIDES; i++) {
		find_uses(scene, &scene->sides[i]);
		if (scene->status)
			return;
		find_users(scene, &scene->sides[i]);
		find_groups(scene, &scene->sides[i]);
		find_tags(scene, &scene->sides[i]);
		find_terms(scene, &scene->sides[i], roles);
	}
	/* These may give every tag. */
	if (scene->planes & 1u << HJ_PLANE_TAG_OWNER)
		roles[HJ_AUTOGROUP_ADMIN] = roles[HJ_AUTOGROUP_NETWORK_ADMIN] = true;
	for (uint32_t i = 0; inventory && i < inventory->service_count && !scene->status; i++) {
		hj_slice name = inventory->services[i].name;
		named(scene, &scene->services, name, with_name(HJ__ATOM_SERVICE, 0, name));
	}
	add_nameless(scene, roles);
}
