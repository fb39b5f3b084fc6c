using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Granary.Storage.Migrations;

/// <summary>One numbered SQL script of a database schema. A released script never changes; a change is the next number.</summary>
public sealed class Migration
{
    // Only statements that create a relation of the schema; indexes move together with their table.
    private static readonly Regex Created = new(@"^\s*CREATE\s+(?:TABLE|VIEW)\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)",
        RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    /// <param name="name">The file name; its first four digits are the number.</param>
    public Migration(string name, string text)
    {
        (Name, Text) = (name, text);
        Number = int.Parse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture);
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"))));
        Relations = [.. RelationsOf(text)];
    }

    public int Number { get; }

    public string Name { get; }

    public string Text { get; }

    /// <summary>SHA-256 of the text; line endings do not count.</summary>
    public string Hash { get; }

    /// <summary>Names of the tables and views that the script creates, as PostgreSQL stores them (lower case).</summary>
    public IReadOnlyList<string> Relations { get; }

    // PostgreSQL folds unquoted names to lower case.
#pragma warning disable CA1308
    private static IEnumerable<string> RelationsOf(string text)
    {
        for (var match = Created.Match(text); match.Success; match = match.NextMatch())
            yield return match.Value.Split((char[]?)null)[^1].ToLowerInvariant();
    }
#pragma warning restore CA1308
}
