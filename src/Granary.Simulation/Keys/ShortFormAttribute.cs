namespace Granary.Simulation.Keys;

/// <summary>Lets a text stand for a record of which it sets one key: <c>"gate"</c> for <c>{ "rule": "gate" }</c>.</summary>
/// <param name="key">The name of the key in files.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ShortFormAttribute(string key) : Attribute
{
    public string Key { get; } = key;
}
