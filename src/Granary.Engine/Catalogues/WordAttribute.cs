namespace Granary.Engine.Catalogues;

/// <summary>The word that users write for a value of an enumeration, if it differs from the value's name.</summary>
[AttributeUsage(AttributeTargets.Field)]
internal sealed class WordAttribute(string word) : Attribute
{
    public string Word { get; } = word;
}
