using System.Text.Json;
using Granary.Engine.Trading;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>The definition of a key of a strategy in the batch file that sets one of its <see cref="TradingSettings"/>.</summary>
/// <param name="name">The key.</param>
/// <param name="meaning">What docs/batch-file.md says about it, Markdown.</param>
public abstract class TradingKey(string name, string meaning)
{
    /// <summary>The settings without any key.</summary>
    internal static readonly TradingSettings Usual = new();

    public string Name => name;

    public string Meaning => meaning;

    /// <summary>The effect of leaving the key out, in words; null if the default value says it.</summary>
    public string? Without { get; init; }

    /// <summary>Whether prod.json has the key even if its value is the default.</summary>
    public bool IsAlwaysWritten { get; init; }

    /// <summary>The JSON schema of its value.</summary>
    public abstract string Schema { get; }

    public abstract bool IsUsual(TradingSettings settings);

    /// <summary>Returns the settings with the value that a strategy gives; without the key, the same settings.</summary>
    public abstract TradingSettings Read(JsonPart strategy, TradingSettings settings);

    public abstract void WriteValue(Utf8JsonWriter json, TradingSettings settings);

    /// <summary>The value in the identity of a trial.</summary>
    public abstract string Identity(TradingSettings settings);
}

/// <inheritdoc/>
/// <param name="value">The type of the value.</param>
/// <param name="get">Takes the value from the settings.</param>
/// <param name="with">Returns the settings with another value.</param>
internal sealed class TradingKey<T>(string name, string meaning, TradingValue<T> value, Func<TradingSettings, T> get,
    Func<TradingSettings, T, TradingSettings> with) : TradingKey(name, meaning)
{
    public override string Schema => value.Schema;

    public override bool IsUsual(TradingSettings settings) => EqualityComparer<T>.Default.Equals(get(settings), get(Usual));

    public override TradingSettings Read(JsonPart strategy, TradingSettings settings) =>
        strategy.Find(Name) is { } part ? with(settings, value.Read(part)) : settings;

    public override void WriteValue(Utf8JsonWriter json, TradingSettings settings) => value.Write(json, get(settings));

    public override string Identity(TradingSettings settings) => value.Identity(get(settings));
}
