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
}
