package main

import (
	"errors"
	"os"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

func main() {
	config := zap.NewProductionEncoderConfig()
	config.TimeKey = ""
	core := zapcore.NewCore(zapcore.NewJSONEncoder(config), zapcore.AddSync(os.Stdout), zap.DebugLevel)
	logger := zap.New(core).Named("main").With(zap.String("app", "test"))
	logger.Info("started", zap.Int("n", 3), zap.Duration("took", 1500*time.Millisecond), zap.Strings("list", []string{"a", "b"}))
	logger.Error("failed", zap.Error(errors.New("oops")), zap.Any("any", map[string]int{"x": 1}))
	logger.Sugar().Debugw("sugar", "key", 1.5, "other", []byte("bytes"))
	console := zapcore.NewCore(zapcore.NewConsoleEncoder(config), zapcore.AddSync(os.Stdout), zap.WarnLevel)
	zap.New(console).Info("not shown")
	zap.New(console).Warn("shown", zap.Bool("b", true))
	logger.Sync()
}
