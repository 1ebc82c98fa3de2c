package main

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func main() {
	value, err := structpb.NewStruct(map[string]any{"name": "x", "list": []any{1.5, true, nil}})
	fmt.Println(err, value.Fields["name"].GetStringValue())
	text, err := proto.MarshalOptions{Deterministic: true}.Marshal(value)
	fmt.Printf("%x %v\n", text, err)
	var back structpb.Struct
	fmt.Println(proto.Unmarshal(text, &back), proto.Equal(value, &back))
	fmt.Println(proto.Unmarshal([]byte{0xff}, &back) != nil)
	stamp := timestamppb.New(time.Unix(1700000000, 5).UTC())
	json, err := protojson.Marshal(stamp)
	fmt.Println(string(json), err, durationpb.New(90*time.Second).AsDuration(), stamp.ProtoReflect().Descriptor().FullName())
}
