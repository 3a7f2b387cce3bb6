// Written by scripts/generate-casts.ts from PostgreSQL 18.6.

/** Casts that leave the stored value as it is, and plain indexes too. */
export const freeCasts =
  "cidr>inet oid>regclass oid>regcollation oid>regconfig oid>regdictionary oid>regnamespace oid>regoper oid>regoperator oid>regproc oid>regprocedure oid>regrole oid>regtype pg_node_tree>text regclass>oid regcollation>oid regconfig>oid regdictionary>oid regnamespace>oid regoper>oid regoper>regoperator regoperator>oid regoperator>regoper regproc>oid regproc>regprocedure regprocedure>oid regprocedure>regproc regrole>oid regtype>oid text>varchar varchar>text xml>bpchar xml>text xml>varchar";

/** Casts that leave the stored value as it is; the new type has another order, or another class of it. */
export const indexBuildCasts =
  "bit>varbit citext>bpchar citext>text citext>varchar int4>oid int4>regclass int4>regcollation int4>regconfig int4>regdictionary int4>regnamespace int4>regoper int4>regoperator int4>regproc int4>regprocedure int4>regrole int4>regtype isbn>ean13 isbn>isbn13 isbn13>ean13 isbn13>isbn ismn>ean13 ismn>ismn13 ismn13>ean13 ismn13>ismn issn>ean13 issn>issn13 issn13>ean13 issn13>issn oid>int4 pg_dependencies>bytea pg_mcv_list>bytea pg_ndistinct>bytea regclass>int4 regcollation>int4 regconfig>int4 regdictionary>int4 regnamespace>int4 regoper>int4 regoperator>int4 regproc>int4 regprocedure>int4 regrole>int4 regtype>int4 text>bpchar text>citext upc>ean13 varbit>bit varchar>bpchar varchar>citext";
