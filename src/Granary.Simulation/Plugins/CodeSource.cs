using System.Security.Cryptography;
using System.Text;
using Granary.Engine;

namespace Granary.Simulation.Plugins;

/// <summary>A C# file that a batch carries.</summary>
internal sealed record CodeSource
{
    /// <summary>Most bytes of a file in UTF-8.</summary>
    public const int MostBytes = 1 << 20;

    private const int MostOfName = 100;

    /// <param name="name">File name without a folder, such as <c>Idea.cs</c>.</param>
    /// <param name="text">The C# text. A byte order mark is removed, and lines are ended with LF, so equal files have equal hashes on
    /// every system.</param>
    /// <exception cref="InputException">The name is no file name, or the text is empty or too long.</exception>
    public CodeSource(string name, string text)
    {
        if (!name.EndsWith(".cs", StringComparison.Ordinal) || name.Length is < 4 or > MostOfName || name[0] is '.' or '-'
            || name.Any(c => !char.IsLetterOrDigit(c) && c is not ('-' or '_' or '.' or ' ')))
            throw new InputException($"'{name}' is not a name of a C# file; write it as Idea.cs, with letters, digits, '-', '_' and '.', "
                + $"{MostOfName} at the most");
        text = Normalise(text);
        if (string.IsNullOrWhiteSpace(text)) throw new InputException($"{name} is empty; write a class derived from Strategy into it");
        if (Encoding.UTF8.GetByteCount(text) is var bytes && bytes > MostBytes)
            throw new InputException(FormattableString.Invariant(
                $"{name} has {bytes} bytes; a C# file of a batch has {MostBytes} at the most: put longer code into a plug-in"));
        (Name, Text, Hash) = (name, text, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }

    /// <summary>File name, such as <c>Idea.cs</c>; messages begin with it.</summary>
    public string Name { get; }

    /// <summary>The C# text.</summary>
    public string Text { get; }

    /// <summary>SHA-256 of the text in UTF-8, lower-case hex.</summary>
    public string Hash { get; }

    /// <summary>Returns a text without byte order mark, whose lines end with LF.</summary>
    public static string Normalise(string text) => text.TrimStart('\uFEFF').ReplaceLineEndings("\n");
}
