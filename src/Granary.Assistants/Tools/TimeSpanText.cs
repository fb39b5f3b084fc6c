using Granary.Engine;
using Granary.Simulation.Json;

namespace Granary.Assistants.Tools;

/// <summary>A span of time as the text <c>FROM..TO</c>.</summary>
internal static class TimeSpanText
{
    private const string Between = "..";

    /// <returns>UTC ticks; the end is exclusive; null = open.</returns>
    /// <param name="name">The name of the argument, for messages.</param>
    /// <exception cref="InputException">The text is not a span.</exception>
    public static (long? From, long? To) Read(string name, string? text)
    {
        if (text is null) return (null, null);
        if (text.Split(Between) is not [var from, var to] || (from.Length == 0 && to.Length == 0))
            throw new InputException($"{name}={text}: write it as 2023-01-01..2023-02-01; one end may be left out");
        return (from.Length == 0 ? null : UtcTicks.Read(name, from), to.Length == 0 ? null : UtcTicks.Read(name, to));
    }
}
