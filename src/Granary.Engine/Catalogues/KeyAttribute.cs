using System.ComponentModel;

namespace Granary.Engine.Catalogues;

/// <summary>Declares a property of a record as a key that a file, a command or a request sets.</summary>
/// <param name="help">What the value means, Markdown; documents, schemas, forms and help texts show it.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KeyAttribute(string help) : DescriptionAttribute(help)
{
    /// <summary>The effect of leaving the key out, in words; null if the default value says it.</summary>
    public string? Without { get; init; }

    /// <summary>The results that the value changes; the identity of a trial has everything that can change its result.</summary>
    public KeyReach Reach { get; init; }

    /// <summary>Whether a written file has the key also with its default.</summary>
    public bool IsAlwaysWritten { get; init; }

    /// <summary>The words of a text, separated by spaces; of a number, the words that stand for its default. Null = any value.</summary>
    public string? Words { get; init; }

    /// <summary>Separates the values of a list on the command line.</summary>
    public char Separator { get; init; } = ',';

    /// <summary>Stands for the value in a command's help, such as <c>FILE</c>; null for the usual text.</summary>
    public string? Placeholder { get; init; }

    /// <summary>The kind of values that a form offers, such as <c>run</c>, <c>store</c> or <c>file</c>; null for none.</summary>
    public string? Offers { get; init; }
}
