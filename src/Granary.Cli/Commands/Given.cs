using Granary.Application.Json;
using Granary.Engine.Market;

namespace Granary.Cli.Commands;

/// <summary>Turns what was typed into values, or says in a sentence why not.</summary>
internal static class Given
{
    public static Timeframe Timeframe(string text, string option = "--timeframe") =>
        Engine.Market.Timeframe.TryParse(text, out var timeframe)
            ? timeframe.Value
            : throw new InputException($"{option} {text}: use one of {string.Join(' ', Engine.Market.Timeframe.All)}");

    public static long? Time(string? text, string option) =>
        text is null ? null
        : DateTime.TryParse(text, null, System.Globalization.DateTimeStyles.AdjustToUniversal | System.Globalization.DateTimeStyles.AssumeUniversal, out var time)
            ? time.Ticks
            : throw new InputException($"{option} {text} is no date; write it as 2024-01-31");

    public static string[] List(string? text) => text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    public static int Threads(int count) => count is >= 1 and <= 1024 ? count : throw new InputException($"--threads {count} is out of range: 1 … 1024");

    /// <summary>"trees=200;leaves=15" by name; empty where nothing was typed.</summary>
    public static IReadOnlyDictionary<string, string> Parameters(string? text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at < 1 || at == pair.Length - 1) throw new InputException($"--params '{pair}' is no name=value; write it as \"trees=200;leaves=15\"");
            if (!parameters.TryAdd(pair[..at].TrimEnd(), pair[(at + 1)..].TrimStart())) throw new InputException($"--params names '{pair[..at].TrimEnd()}' twice: name it once");
        }
        return parameters;
    }
}
