#include "cmd/families.h"

static const struct family families[] = {
	{'A', "acceptance", "Acceptance",
		"What the service refuses, with the sentence that it gives and the place that its "
		"sentence lacks."},
	{'B', "postures", "Postures",
		"Device postures: attributes that exist, values that they can have, conditions "
		"that "
		"can hold together."},
	{'C', "style", "Comments and style",
		"Nothing is wrong with what these find; it can be written so that people read it "
		"more easily."},
	{'D', "duplicates", "Duplicates",
		"What stands twice, so that one of the two is lost without a word."},
	{'E', "tests", "Tests",
		"The policy's own tests: what they contradict, repeat or leave out."},
	{'I', "ipsets", "IP sets",
		"IP sets: operations that change nothing, sets that hold nothing."},
	{'M', "derp", "DERP map",
		"Relays of one's own: regions and nodes that clients cannot use."},
	{'P', "structure", "Structure",
		"Sections and fields: names and shapes that a policy does not have."},
	{'R', "references", "References",
		"Groups, tags, hosts, IP sets and postures that are used and never defined. The "
		"service refuses most of them, and says so without a place."},
	{'S', "syntax", "Syntax",
		"What keeps a document from being HuJSON: JSON with comments and trailing commas. "
		"The service stops at the first; all of them are found here."},
	{'U', "redundancy", "Unused and redundant",
		"What changes nothing: names that nothing uses, rules that others cover, entries "
		"that mean nobody."},
	{'X', "suppression", "Suppressions",
		"Comments that switch rules off: those that switch off nothing, or name no rule."},
};

static const struct family other = {0, "other", "Other", "What belongs to no other family."};

const struct family *family_of(const hj_rule *rule)
{
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (families[i].letter == rule->code[0])
			return &families[i];
	return &other;
}
