using System.Globalization;

namespace Granary.Api.Routing;

/// <summary>The ETag of a resource with versions.</summary>
internal static class VersionTag
{
    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <returns>Null if the text cannot be a tag of this server; the precondition then fails.</returns>
    public static long? Read(string tag) =>
        tag.Trim() is ['"', .. var digits, '"'] && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version : null;
}
