using System.Security.Claims;
using System.Text.Json;
using Granary.Api.Access;
using Granary.Server.Access;

namespace Granary.Api.SignIn;

/// <summary>Reads name and role from the claims of a token.</summary>
internal static class IssuedClaims
{
    // The standard's limit of an id.
    private const int LongestName = 60, LongestId = 255;

    /// <summary>The caller that a token names; without a role if no value of the role claim gives one. Null if it names no one.</summary>
    public static ClaimsPrincipal? CallerOf(ClaimsPrincipal token, SignInSettings settings)
    {
        if (token.FindFirstValue("sub") is not { Length: > 0 and <= LongestId } subject || subject.Any(char.IsControl)) return null;
        var given = RolesOf(token, settings.RoleClaim).ToHashSet(StringComparer.Ordinal);
        var grants = settings.Roles.Where(r => given.Contains(r.Value)).ToList();
        var role = grants.Max(g => g.Role);
        var shown = Printable(ShownName(token) ?? subject, LongestName);
        // The issuer can give a name to somebody else later, and a name can be that of a key; the id cannot.
        var name = shown == subject ? $"(oidc {subject})" : $"{shown} (oidc {subject})";
        return RolePolicies.PrincipalOf(name, shown, role, role >= Role.Submitter && grants.Exists(g => g.Role is null));
    }

    /// <summary>Why a token gives no role, in one sentence.</summary>
    public static string WhyNone(ClaimsPrincipal token, SignInSettings settings)
    {
        var values = RolesOf(token, settings.RoleClaim).Order(StringComparer.Ordinal).Take(10)
            .Select(v => Printable(v, LongestId)).ToList();
        // Entra ID leaves out the groups of people who are in very many.
        var isElsewhere = token.HasClaim(c => c.Type is "_claim_names" or "hasgroups");
        return values.Count > 0 ? $"the claim {settings.RoleClaim} has {string.Join(", ", values)}, and none of them has a role here"
            : isElsewhere ? $"the token leaves out the claim {settings.RoleClaim} because it would have too many values; use roles of the "
                + "application instead of groups"
            : $"the token has no claim {settings.RoleClaim}";
    }

    // A claim of this very name comes first: names of some issuers are addresses and contain points.
    private static IEnumerable<string> RolesOf(ClaimsPrincipal token, string claim)
    {
        var direct = token.FindAll(claim).SelectMany(c => c.Value.StartsWith('[') ? ValuesOf(c.Value, []) : [c.Value]).ToList();
        if (direct.Count > 0 || !claim.Contains('.', StringComparison.Ordinal)) return direct;
        var path = claim.Split('.');
        return token.FindAll(path[0]).SelectMany(c => ValuesOf(c.Value, path[1..]));
    }

    private static List<string> ValuesOf(string text, IReadOnlyList<string> path)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var place = document.RootElement;
            foreach (var name in path)
                if (place.ValueKind != JsonValueKind.Object || !place.TryGetProperty(name, out place)) return [];
            return place.ValueKind switch
            {
                JsonValueKind.String => [place.GetString()!],
                JsonValueKind.Array =>
                    [.. place.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!)],
                _ => [],
            };
        }
        catch (JsonException)
        {
            return path.Count == 0 ? [text] : [];
        }
    }

    private static string? ShownName(ClaimsPrincipal token) => ((string[])["preferred_username", "email", "name", "client_id", "azp"])
        .Select(token.FindFirstValue).FirstOrDefault(v => !string.IsNullOrWhiteSpace(v));

    /// <summary>A text of others as one line of a page or log.</summary>
    public static string Printable(string text, int longest) =>
        string.Concat(text.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(longest)).Trim();
}
