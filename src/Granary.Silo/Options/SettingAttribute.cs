namespace Granary.Silo.Options;

/// <summary>A property of <see cref="SiloSettings"/> that the command line and the environment set.</summary>
/// <param name="value">Stands for its value in the help; null for a switch.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SettingAttribute(string? value, string description) : Attribute
{
    public string? Value => value;

    public string Description => description;

    /// <summary>The smallest number that is allowed.</summary>
    public int Least { get; init; }

    /// <summary>The largest number that is allowed.</summary>
    public int Most { get; init; }
}
