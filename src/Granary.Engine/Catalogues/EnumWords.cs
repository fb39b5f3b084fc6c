using System.Reflection;
using System.Text;

namespace Granary.Engine.Catalogues;

/// <summary>The words that users write for the values of an enumeration: <c>next-open</c> for <c>NextOpen</c>.</summary>
internal static class EnumWords
{
    /// <summary>The words of all values, in the order of the declaration.</summary>
    public static IReadOnlyList<string> Of(Type type) => [.. Fields(type).Select(WordOf)];

    /// <summary>The word of a value.</summary>
    public static string Of(Enum value) => WordOf(value.GetType().GetField(value.ToString())!);

    /// <summary>The value of a word; null if there is none. Case and hyphens do not matter.</summary>
    public static object? Find(Type type, string word) =>
        Fields(type).FirstOrDefault(f => Plain(WordOf(f)).Equals(Plain(word), StringComparison.OrdinalIgnoreCase))?.GetValue(null);

    private static IEnumerable<FieldInfo> Fields(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).OrderBy(f => f.PlaceInSource());

    /// <summary>
    /// Sorts members of a type in the order of its source. A program that was compiled ahead of time has them in this order already.
    /// </summary>
    public static int PlaceInSource(this MemberInfo member) => member.HasMetadataToken() ? member.MetadataToken : 0;

    private static string Plain(string word) => word.Replace("-", "", StringComparison.Ordinal);

    private static string WordOf(FieldInfo field)
    {
        if (field.GetCustomAttribute<WordAttribute>() is { } own) return own.Word;
        var word = new StringBuilder();
        foreach (var c in field.Name)
            word.Append(char.IsAsciiLetterUpper(c) && word.Length > 0 ? "-" : "").Append(char.ToLowerInvariant(c));
        return word.ToString();
    }
}
