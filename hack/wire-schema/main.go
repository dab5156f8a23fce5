// Command wire-schema writes the table by which the simulator turns JSON objects into protobuf: for each message
// its fields in the order of their numbers, as the struct tags of k8s.io/api have them.
//
// One message a line: NAME: FIELD; FIELD …, where FIELD is `NUMBER JSON_NAME TYPE`. A type has a prefix: `*` a
// pointer (written only when set; all else is always written, even when empty), `[]` a list, `{}` a map by string;
// `~` stands for a JSON name where the fields of the message lie in the object around it.
package main

import (
	"bufio"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strconv"
	"strings"

	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

const version = "v0.36.3"

// What the simulator serves; all else follows from their fields.
var roots = []any{
	meta.Status{}, meta.ListMeta{},
	core.Namespace{}, core.Pod{}, core.Event{}, core.Service{}, core.Node{}, core.PersistentVolumeClaim{},
	apps.Deployment{}, apps.ReplicaSet{}, apps.StatefulSet{}, apps.DaemonSet{},
	batch.Job{}, batch.CronJob{},
}

// Types whose JSON is not the JSON of their fields: the simulator knows each.
var special = map[reflect.Type]string{
	reflect.TypeFor[resource.Quantity]():  "quantity",
	reflect.TypeFor[meta.Time]():          "time",
	reflect.TypeFor[meta.MicroTime]():     "microtime",
	reflect.TypeFor[intstr.IntOrString](): "intorstring",
	reflect.TypeFor[meta.FieldsV1]():      "rawjson",
}

func main() {
	lines := map[string]string{}
	var names []string
	var describe func(t reflect.Type)
	describe = func(t reflect.Type) {
		name := messageName(t)
		if _, done := lines[name]; done {
			return
		}
		lines[name] = ""
		names = append(names, name)
		fields := fieldsOf(t)
		texts := make([]string, 0, len(fields))
		for _, f := range fields {
			texts = append(texts, fmt.Sprintf("%d %s %s", f.number, f.json, f.kind))
		}
		lines[name] = name + ": " + strings.Join(texts, "; ")
		for _, f := range fields {
			if f.message != nil {
				describe(f.message)
			}
		}
	}
	for _, root := range roots {
		describe(reflect.TypeOf(root))
	}
	sort.Strings(names)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	fmt.Fprintf(out, "# Made from k8s.io/api %s by: cd hack/wire-schema && go run . >../../crates/simulator/src/generated/schema.txt\n", version)
	for _, name := range names {
		fmt.Fprintln(out, lines[name])
	}
}

type field struct {
	number  int
	json    string
	kind    string
	message reflect.Type
}

func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		tag, ok := f.Tag.Lookup("protobuf")
		if !ok {
			if f.Type != reflect.TypeFor[meta.TypeMeta]() {
				fail("%s.%s has no protobuf tag", t, f.Name)
			}
			continue
		}
		number, err := strconv.Atoi(strings.Split(tag, ",")[1])
		if err != nil {
			fail("%s.%s: %v", t, f.Name, err)
		}
		json, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if json == "" {
			if !strings.Contains(options, "inline") {
				fail("%s.%s has no name in JSON", t, f.Name)
			}
			json = "~"
		}
		kind, message := kindOf(f.Type)
		fields = append(fields, field{number, json, kind, message})
	}
	sort.Slice(fields, func(a, b int) bool { return fields[a].number < fields[b].number })
	return fields
}

func kindOf(t reflect.Type) (string, reflect.Type) {
	if name, ok := special[t]; ok {
		return name, nil
	}
	switch t.Kind() {
	case reflect.String:
		return "string", nil
	case reflect.Bool:
		return "bool", nil
	case reflect.Int32, reflect.Int64:
		return "int", nil
	case reflect.Struct:
		return messageName(t), t
	case reflect.Pointer:
		kind, message := kindOf(t.Elem())
		return "*" + kind, message
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes", nil
		}
		kind, message := kindOf(t.Elem())
		return "[]" + kind, message
	case reflect.Map:
		kind, message := kindOf(t.Elem())
		return "{}" + kind, message
	}
	fail("%s is of no kind that is known", t)
	return "", nil
}

// messageName is short and unique: core.Pod for k8s.io/api/core/v1.Pod.
func messageName(t reflect.Type) string {
	parts := strings.Split(t.PkgPath(), "/")
	return parts[len(parts)-2] + "." + t.Name()
}

func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "wire-schema: "+format+"\n", args...)
	os.Exit(1)
}
