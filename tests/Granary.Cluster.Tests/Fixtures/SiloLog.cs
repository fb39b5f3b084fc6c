using Microsoft.Extensions.Logging;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>
/// The log of the silos of one test. It keeps every line: what a test expects in it does not depend on how much the silos, or those of a
/// test beside it, wrote afterwards.
/// </summary>
internal sealed class SiloLog : ILoggerProvider
{
    private readonly List<string> _lines = [];

    public string Text
    {
        get
        {
            lock (_lines) return string.Join('\n', _lines);
        }
    }

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Category(SiloLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var line = $"{DateTime.UtcNow:HH:mm:ss.fff} {logLevel} {name}: "
                + $"{formatter(state, exception)}{(exception is null ? "" : "\n" + exception)}";
            if (Environment.GetEnvironmentVariable("GRANARY_TEST_LOG") == "1") Console.Error.WriteLine(line);
            lock (log._lines) log._lines.Add(line);
        }
    }
}
