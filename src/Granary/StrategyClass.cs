using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Granary.Engine.Strategies;

namespace Granary;

/// <summary>
/// A strategy's class: one of Granary by its name, such as <c>"SmaCross"</c>, or one of this program, as
/// <c>StrategyClass.Of&lt;MyStrategy&gt;()</c>.
/// </summary>
[JsonConverter(typeof(StrategyClassJson))]
public sealed class StrategyClass
{
    private StrategyClass(string name, [DynamicallyAccessedMembers(Kept)] Type? type) => (Name, Type) = (name, type);

    // A catalogue reads these members of a class, so trimming keeps them.
    internal const DynamicallyAccessedMemberTypes Kept =
        DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicProperties;

    /// <summary>The name of the class, without its namespace.</summary>
    public string Name { get; }

    [DynamicallyAccessedMembers(Kept)]
    internal Type? Type { get; }

    /// <summary>A class of this program. It has one public constructor, whose parameters are those of the strategy.</summary>
    public static StrategyClass Of<[DynamicallyAccessedMembers(Kept)] T>() where T : Strategy => new(typeof(T).Name, typeof(T));

    /// <summary>A class of Granary or of a plug-in, by its name.</summary>
    public static implicit operator StrategyClass(string name) => new(name, null);

    public override string ToString() => Name;
}
