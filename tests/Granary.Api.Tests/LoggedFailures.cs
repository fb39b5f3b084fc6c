using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Tests;

/// <summary>Keeps the exceptions that a server logs as errors, so that a failed test can show why the server answered with 500.</summary>
internal sealed class LoggedFailures : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _failures = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) _failures.Enqueue($"{formatter(state, exception)}: {exception}");
    }

    public void Dispose()
    {
    }

    public override string ToString() => string.Join('\n', _failures);
}
