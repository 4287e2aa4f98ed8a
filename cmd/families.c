#include "cmd/families.h"

/* A new letter needs a row here: a test says so. */
static const struct family families[] = {
	{'A', "access", "Access rules",
		"ACL rules and grants: what may stand where, and addresses, prefixes and ports "
		"that "
		"mean something else than they seem to."},
	{'B', "postures", "Postures",
		"Device postures: attributes that exist, values that they can have, conditions "
		"that can hold together."},
	{'D', "duplicates", "Duplicates",
		"What stands twice, so that one of the two is lost without a word."},
	{'E', "tests", "Tests",
		"The policy's own tests: what they contradict, repeat or leave out."},
	{'F', "style", "Style",
		"Nothing is wrong with what these find; it can be written so that people read it "
		"more easily, or misread it less."},
	{'G', "names", "Groups, tags and hosts",
		"What the sections that define names hold: how names are written, who may be a "
		"member or an owner, what a host may be."},
	{'H', "ssh", "SSH",
		"SSH rules: accounts, periods and fields that do not do what they say."},
	{'I', "ipsets", "IP sets",
		"IP sets: operations that change nothing, sets that hold nothing."},
	{'K', "configuration", "Configuration",
		"The linter's own configuration, and comments that ignore findings: those that "
		"ignore nothing, or name what does not exist."},
	{'L', "legacy", "Older spellings", "Names that still work and have newer ones."},
	{'M', "derp", "DERP map",
		"Relays of one's own: regions and nodes that clients cannot use."},
	{'N', "nodes", "Devices",
		"Node attributes, app connectors and approvers: what is set for no device, or "
		"approves nothing."},
	{'P', "structure", "Structure",
		"Sections and fields: names and shapes that a policy does not have."},
	{'R', "references", "References",
		"Groups, tags, hosts, IP sets and postures that are used and never defined. The "
		"service refuses most of them, and says so without a place."},
	{'S', "syntax", "Syntax",
		"What keeps a document from being HuJSON: JSON with comments and trailing commas. "
		"The service stops at the first; all of them are found here."},
	{'T', "shape", "Shape",
		"Fields that do not exist, values of the wrong type, and what a rule cannot be "
		"without. The service refuses most of them."},
	{'U', "redundancy", "Unused and redundant",
		"What changes nothing: names that nothing uses, rules that others cover, entries "
		"that mean nobody."},
	{'V', "inventory", "Inventories",
		"The inventory, which says what only the tailnet knows: users and devices that "
		"cannot be as they are written."},
	{'W', "tailnet", "The tailnet",
		"What a policy says of users, devices and services that its tailnet does not have. "
		"Only "
		"an inventory tells: `--inventory FILE`, as `hujson tailnet snapshot` writes it."},
	{'X', "exposure", "Exposure",
		"What is allowed to more people, devices or programs than was perhaps meant."},
};

static const struct family other = {0, "other", "Other", "What belongs to no other family."};

const struct family *family_of(const hj_rule *rule)
{
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (families[i].letter == rule->code[0])
			return &families[i];
	return &other;
}
