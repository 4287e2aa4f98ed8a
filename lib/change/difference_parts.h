/*
 * What the files difference*.c share. Two worlds are compared in these steps:
 *
 *     worlds ─scene──→ atoms, the smallest subjects of both               _atoms.c, _cells.c
 *            ─terms──→ extents: what each selector stands for             _extents.c
 *            ─rules──→ tuples: sources, destination, good, condition      _network.c, _ssh.c, _names.c
 *            ─shapes─→ what both sides say drops out; candidates stay     _shapes.c
 *            ─classes→ atoms that every extent treats alike are one       _classes.c
 *            ─groups─→ candidates, held against the other side's rules    _groups.c, _judge.c
 *            ─pieces─→ what differs: sources × destinations × goods       _pieces.c
 *            ─words──→ the narrowest names that are true        _naming.c, _words.c, _single.c
 *
 * Memory that is out is noted in hj__scene.status, and what then comes back is good for nothing; the
 * public functions return it. Shared inside the folder.
 */
#ifndef HJ_CHANGE_DIFFERENCE_PARTS_H
#define HJ_CHANGE_DIFFERENCE_PARTS_H

#include "change/difference.h"

typedef struct hj__scene hj__scene;

/* -- lists and sets of numbers ------------------------------------------------------------------- */

/* A list in the making. */
typedef struct hj__list {
	uint32_t *items;
	size_t count, capacity;
} hj__list;
void hj__list_add(hj__scene *scene, hj__list *list, uint32_t item);
void hj__list_add_all(hj__scene *scene, hj__list *list, hj_ids ids);
/* Sorts, and keeps each once. */
void hj__list_settle(hj__list *list);
void hj__list_free(hj__scene *scene, hj__list *list);

/* Rows of numbers, each content once, so that equal contents have equal numbers. */
typedef struct hj__sets {
	hj_ids *items;
	size_t count, capacity;
	hj_map ids;
} hj__sets;
void hj__sets_init(hj__scene *scene, hj__sets *sets);
void hj__sets_free(hj__scene *scene, hj__sets *sets);
/* The number of a content, which is copied when it is new. HJ_NONE: memory is out. */
uint32_t hj__sets_put(hj__scene *scene, hj__sets *sets, const uint32_t *items, size_t count);
/* Is all of inner in outer? Linear. */
bool hj__sets_contain(const hj__sets *sets, uint32_t outer, uint32_t inner);

/* -- atoms ---------------------------------------------------------------------------------------- */

typedef enum hj__atom_kind {
	HJ__ATOM_USER,     /* an untagged device of a user, at an address that no rule names */
	HJ__ATOM_MEMBER,   /* the same of a member whom nobody names */
	HJ__ATOM_DOMAIN,   /* of such a member, of a domain */
	HJ__ATOM_ROLE,     /* of such a member, with a role */
	HJ__ATOM_SYNCED,   /* of such a member, in a group whose members are not known */
	HJ__ATOM_SHARED,   /* of somebody who accepted a share */
	HJ__ATOM_TAG,      /* a device with one tag, likewise */
	HJ__ATOM_TAGGED,   /* a device with a tag that nobody names */
	HJ__ATOM_DEVICE,   /* a device of the inventory, at an address that a rule names */
	HJ__ATOM_SERVICE,  /* a Tailscale service */
	HJ__ATOM_CELL,     /* addresses that no rule cuts, of no known device */
	HJ__ATOM_ROUTE,    /* as a source: an address in an approved route, which no rule names */
	HJ__ATOM_OUTSIDE,  /* an address outside the tailnet that no rule names */
	HJ__ATOM_EXIT,     /* as a destination: an exit node, to be used as one */
	HJ__ATOM_TEMPLATE, /* what a placeholder will stand for */
} hj__atom_kind;

/* Bits of hj__atom.is */
enum {
	HJ__IS_DEVICE = 1,   /* a device of the tailnet, by identity */
	HJ__IS_MEMBER = 2,   /* in autogroup:member */
	HJ__IS_TAGGED = 4,   /* in autogroup:tagged */
	HJ__IS_SHARED = 8,   /* in autogroup:shared */
	HJ__IS_OWNED = 16,   /* has an owner whose other devices are autogroup:self */
	HJ__NO_POSTURE = 32, /* its posture is not looked at, and passes */
	HJ__IS_TAILNET = 64, /* a cell of the tailnet's addresses */
};

typedef struct hj__atom {
	hj__atom_kind kind;
	unsigned is;
	hj_slice name;     /* login, domain, group, tag, service, placeholder, device */
	hj_autogroup role; /* of a ROLE; of a USER or DEVICE as the inventory says */
	uint32_t device;   /* of a DEVICE, in the inventory; else HJ_NONE */
	uint32_t user;     /* of a USER itself, of an owned DEVICE the user's atom; else HJ_NONE */
	hj_range range;    /* of a CELL */
} hj__atom;

typedef struct hj__cell {
	hj_range range;
	uint32_t atom;     /* HJ_NONE: each of its addresses is some device's or service's */
	uint32_t resident; /* the first one in the residents, which are by cell */
	bool tailnet;
} hj__cell;

/* A device or service with an address in a cell. */
typedef struct hj__resident {
	uint32_t cell, atom;
} hj__resident;

/* Where a selector stands decides what "*" and addresses mean. */
typedef enum hj__position {
	HJ__SOURCE,
	HJ__DESTINATION,
	HJ__ROUTED,  /* a destination with "via": what is behind a router */
	HJ__DEVICES, /* owners, approvers, targets, both ends of ssh: devices, nothing behind them */
} hj__position;
enum { HJ__POSITIONS = HJ__DEVICES + 1 };

/* One side: its world, and where that one's names are among the atoms. */
typedef struct hj__side {
	hj_world *world;
	uint32_t *users, *tags;
	uint32_t *groups;                 /* of each group its SYNCED atom, or HJ_NONE */
	uint8_t *used;                    /* of each term 1 << position, for all it stands at */
	uint32_t *extents[HJ__POSITIONS]; /* of each term that is used */
	uint32_t all[HJ__POSITIONS];      /* of "*" */
	uint32_t *members;                /* of each group, used or not: its extent as DEVICES */
	hj_map postures; /* name → in hj__scene.postures, or HJ_NONE: it never holds */
} hj__side;

/* -- conditions ----------------------------------------------------------------------------------- */

/* What has to hold besides: a posture's conditions, all of them, and a router's tag. */
typedef struct hj__condition {
	uint32_t posture; /* in hj__scene.postures: numbers of conditions in normal form */
	hj_slice via;     /* a tag or placeholder; empty: none */
	bool exit;        /* via an exit node; else via a router that has the very address */
	uint32_t bare;    /* the same without a posture, in conditions */
} hj__condition;

/* A condition of a posture as the authors wrote it; empty: not on that side. */
typedef struct hj__written {
	hj_slice by[HJ_SIDES];
} hj__written;

/* -- the scene ------------------------------------------------------------------------------------ */

struct hj__scene {
	hj_status status;
	const hj_allocator *allocator;
	hj_arena arena;
	unsigned planes;
	hj__side sides[HJ_SIDES];
	bool has_users, has_devices;

	hj__atom *atoms;
	size_t atom_count, atom_capacity;
	hj_map users, tags, groups, domains, services, templates; /* name → atom */
	uint32_t *devices; /* of each: its atom, or HJ_NONE */
	hj__cell *cells;
	uint32_t cell_count;
	hj__resident *residents;
	uint32_t resident_count;

	hj__sets extents;                            /* sets of atoms */
	uint32_t no_posture, owned, members, tagged; /* extents: all such atoms */
	hj__list list;                               /* scratch */

	uint32_t *class_of; /* of each atom */
	uint32_t class_count;
	hj_ids *classes;    /* the atoms of each class */
	hj_ids *covered;    /* of each extent: its classes */
	hj_ids *extents_of; /* of each class: the extents around it */
	hj__sets sets;      /* sets of classes, and of keys */
	uint32_t *set_of;   /* of each extent: its classes as a set, or HJ_NONE: not made yet */

	hj_map texts;         /* conditions of postures in normal form → number */
	hj__written *text_of; /* of each number */
	size_t text_count, text_capacity;
	hj__sets postures;         /* sets of those; 0: none */
	hj__condition *conditions; /* 0: nothing has to hold */
	size_t condition_count, condition_capacity;
	hj_map condition_of;   /* the same by content */
	hj__sets alternatives; /* lists of conditions */

	hj_map scalars;  /* JSON values: of numbers, strings and literals */
	hj__sets values; /* of all: see _json.c */
};

/* Room in the scene's arena, not cleared; NULL when memory is out. */
void *hj__scene_room(hj__scene *scene, size_t count, size_t size);
/* Makes room for one more item; false when memory is out. */
bool hj__scene_grow(hj__scene *scene, void *items, size_t *capacity, size_t count, size_t size);

/* _atoms.c: who is there; then what terms stand where. */
void hj__atoms_find(hj__scene *scene);
uint32_t hj__atom_add(hj__scene *scene, hj__atom atom);
/* _cells.c: the addresses of both sides, the devices and services at them. */
void hj__cells_find(hj__scene *scene);
/* The first cell that ends at an address or behind it. */
uint32_t hj__cell_at(const hj__scene *scene, hj_address address);
/* _extents.c: of every term that is used. */
void hj__extents_find(hj__scene *scene);
/* _classes.c: when there are candidates, classes of atoms and what hangs on them. */
void hj__classes_find(hj__scene *scene);
uint32_t hj__class_set(hj__scene *scene, uint32_t extent);

/* _conditions.c: the alternatives of a rule, in hj__scene.alternatives; an empty list: never. */
void hj__conditions_find(hj__scene *scene);
void hj__conditions_free(hj__scene *scene);
enum { HJ__BY_ROUTE = 1, HJ__BY_EXIT = 2 }; /* what a router of "via" may have */
uint32_t hj__conditions_of(hj__scene *scene, unsigned side, const hj_words *postures,
	const hj_words *via, unsigned by);
/* Does the weaker one hold wherever the other does? */
bool hj__condition_implied(const hj__scene *scene, uint32_t weaker, uint32_t condition);

/* _json.c: equal values have equal numbers, whatever the order of members. */
void hj__json_init(hj__scene *scene);
void hj__json_free(hj__scene *scene);
uint32_t hj__json_value(hj__scene *scene, const hj_document *document, uint32_t node);

/* -- relations: who may do what to whom ------------------------------------------------------------ */

/* What a tuple's destination is: an extent, or one of these. */
#define HJ__SELF UINT32_C(0x7fffffff) /* devices of the source's own user */
#define HJ__KEY  UINT32_C(0x80000000) /* | a key: no destination, but what it is about */

typedef struct hj__tuple {
	uint32_t dst, good, condition;
	uint32_t sources;    /* in hj__relation.sources */
	uint32_t node;       /* of the rule */
	uint32_t term;       /* as the rule calls the destination; 0: it does not */
	const hj_words *src; /* as it calls the sources; may be NULL */
} hj__tuple;

typedef struct hj__tuples {
	hj__tuple *items;
	size_t count, capacity;
} hj__tuples;

/* The level of a login that nobody asks a question. */
#define HJ__UNCHECKED UINT64_MAX

/* What may be done to a destination. */
typedef struct hj__good {
	hj_slice text;        /* a capability, an account */
	hj_service service;   /* of the network */
	hj_services services; /* the same as a set */
	uint64_t level;       /* of a login: see _ssh.c */
} hj__good;

/* A tag, an attribute, a route: what a relation without destinations is about. */
typedef struct hj__key {
	hj_slice text;
	hj_prefix prefix; /* of a route */
	bool route;
	uint32_t wider; /* the nearest route around it, or HJ_NONE */
} hj__key;

/* What one side says and the other does not, in these words. */
typedef struct hj__shape {
	uint32_t dst, good, condition;
	unsigned side;
	uint32_t sources;            /* in hj__relation.sources: extents that only this side has */
	uint32_t first, count;       /* its tuples */
	uint32_t other, other_count; /* those of the other side with other sources */
} hj__shape;

/* What the destinations of a piece are. */
typedef enum hj__ends { HJ__CLASSES, HJ__OWN, HJ__KEYS } hj__ends;

/* Part of a difference: each of the sources may do it to each of the destinations. */
typedef struct hj__piece {
	unsigned side; /* that allows it */
	bool partly;
	hj__ends ends;
	uint32_t sources, destinations; /* in hj__scene.sets */
	uint32_t content;               /* in hj__relation.contents: services, or goods */
	uint32_t had; /* the services of it that both sides have; of ssh the levels on
					   this side and the other; in contents, or HJ_NONE */
	uint32_t condition;
	uint32_t from, to;         /* classes of a witness; to may be HJ_NONE */
	uint32_t proof, proof_had; /* of the witness: as content and had */
	uint32_t shapes;           /* in hj__relation.lists: the shapes that it comes from */
	uint32_t near;             /* the node of a rule of the other side that is near it, or 0 */
} hj__piece;

typedef struct hj__relation {
	hj__scene *scene;
	hj_plane plane;
	bool any; /* it is enough to know whether there is a difference */
	bool found;
	hj__good *goods;
	size_t good_count, good_capacity;
	hj__key *keys;
	size_t key_count, key_capacity;
	hj_map names;     /* of goods and keys → index */
	hj__sets sources; /* sets of extents: the sources of rules */
	hj__tuples sides[HJ_SIDES];
	hj__shape *shapes;
	size_t shape_count, shape_capacity;
	hj__sets contents, lists;
	hj__piece *pieces;
	size_t piece_count, piece_capacity;
} hj__relation;

void hj__relation_init(hj__relation *relation, hj__scene *scene, hj_plane plane);
void hj__relation_free(hj__relation *relation);
/* The sources of a rule, from the terms of a list. */
uint32_t hj__relation_sources(
	hj__relation *relation, unsigned side, const hj_words *words, hj__position position);
/* One tuple for each alternative. */
void hj__relation_add(
	hj__relation *relation, unsigned side, hj__tuple tuple, uint32_t alternatives);
/* "example.com/cap/x {"a": 1}"; value 0: the name alone. In the arena. */
hj_slice hj__with_value(
	hj__scene *scene, hj_slice name, const hj_document *document, uint32_t value);
uint32_t hj__good_service(hj__relation *relation, hj_service service);
/* id: what it goes by; text: how it is shown. Goods differ in their levels too. */
uint32_t hj__good_text(hj__relation *relation, hj_slice id, hj_slice text, uint64_t level);
uint32_t hj__key_text(hj__relation *relation, hj_slice text);
uint32_t hj__key_value(
	hj__relation *relation, hj_slice of, const hj_document *document, uint32_t node);
uint32_t hj__key_phrase(hj__relation *relation, const char *words, hj_slice text);
uint32_t hj__key_route(hj__relation *relation, hj_prefix prefix);
void hj__keys_nest(hj__relation *relation);

/* The rules of both sides. _network.c, _ssh.c, _names.c */
void hj__network_rules(hj__relation *relation, hj__relation *apps);
void hj__ssh_rules(hj__relation *relation);
void hj__owner_rules(hj__relation *relation);
void hj__approver_rules(hj__relation *relation);
void hj__attribute_rules(hj__relation *relation);

/* _shapes.c: sorts the tuples and finds the candidates. */
void hj__shapes_find(hj__relation *relation);
/* The tuples with a destination: those from *first on. */
size_t hj__tuples_of(const hj__tuples *tuples, uint32_t dst, size_t *first);
/* _groups.c: the pieces of all shapes. */
void hj__groups_judge(hj__relation *relation);
/* _pieces.c: joins them. */
void hj__pieces_join(hj__relation *relation);

/* _judge.c: what a shape allows that the hits do not. */

/* The services that the hits of a side allow together wherever a condition holds. */
typedef struct hj__allowance {
	unsigned side;
	uint32_t condition;
	hj_services services;
} hj__allowance;
typedef struct hj__allowances {
	hj__allowance *items;
	size_t count, capacity;
} hj__allowances;
void hj__allowances_clear(hj__allowances *known);

typedef struct hj__hits {
	const uint32_t *items[HJ_SIDES]; /* tuples that cover the pair */
	size_t count[HJ_SIDES];
	bool bare; /* the source's posture is not looked at */
	hj__allowances
		*known; /* filled as candidates ask; NULL: one asks, and it is not worth it */
} hj__hits;
typedef struct hj__ruling {
	unsigned side;
	uint32_t content, had; /* as of a piece */
	uint32_t condition;
} hj__ruling;
typedef struct hj__rulings {
	hj__ruling *items;
	size_t count, capacity;
} hj__rulings;
/* Puts the rulings of one shape and pair, perhaps none, in place of those that are there. */
void hj__judge(
	hj__relation *relation, const hj__shape *shape, const hj__hits *hits, hj__rulings *out);

/* Contents of the network are sets of services, of others sets of goods. */
void hj__content_services(const hj__relation *relation, uint32_t content, hj_services *out);
uint32_t hj__content_of(hj__relation *relation, uint32_t good);
uint32_t hj__content_unite(hj__relation *relation, const hj__piece *pieces, size_t count);

#endif
