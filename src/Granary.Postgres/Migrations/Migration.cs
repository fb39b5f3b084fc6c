using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Postgres.Migrations;

/// <summary>
/// One numbered SQL script of a database schema. A released script never changes; a change is a new script with the next number.
/// </summary>
internal sealed class Migration
{
    /// <param name="name">The file name; its first four digits are the number.</param>
    public Migration(string name, string text)
    {
        (Name, Text) = (name, text);
        Number = int.Parse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture);
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"))));
    }

    public int Number { get; }

    public string Name { get; }

    public string Text { get; }

    /// <summary>SHA-256 of the text; line endings do not count.</summary>
    public string Hash { get; }
}
