using System.Globalization;
using System.Security.Claims;
using Granary.Server.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace Granary.Api.Access;

/// <summary>One authorization policy for each role. A higher role also passes the policies of lower roles.</summary>
internal static class RolePolicies
{
    public const string Viewer = nameof(Role.Viewer);
    public const string Submitter = nameof(Role.Submitter);
    public const string Admin = nameof(Role.Admin);

    private const string Code = "code", Person = "person", Trials = "trials", Holdout = "holdout";

    public static void Add(AuthorizationOptions options)
    {
        foreach (var role in Enum.GetValues<Role>())
            options.AddPolicy(role.ToString(),
                p => p.RequireAuthenticatedUser().RequireAssertion(c => RoleOf(c.User) >= role && MayCall(c)));
    }

    // The second guard of callers with limits, should an endpoint authenticate its callers by itself.
    private static bool MayCall(AuthorizationHandlerContext context) => !HasLimits(context.User)
        || context.Resource is HttpContext http && http.GetEndpoint()?.Metadata.GetMetadata<OpenToLimitedCallers>() is not null;

    public static ClaimsPrincipal PrincipalOf(Caller caller)
    {
        var identity = new ClaimsIdentity([new(ClaimTypes.Name, caller.Name), new(ClaimTypes.Role, caller.Role.ToString()),
            new(Code, caller.MayRunCode.ToString())], KeyAuthentication.Scheme);
        if (caller.Limits is { } limits)
        {
            identity.AddClaim(new(Trials, limits.Trials?.ToString(CultureInfo.InvariantCulture) ?? ""));
            identity.AddClaim(new(Holdout, limits.Holdout?.UtcTicks.ToString(CultureInfo.InvariantCulture) ?? ""));
        }
        return new ClaimsPrincipal(identity);
    }

    /// <summary>Whether the caller's research has limits.</summary>
    public static bool HasLimits(ClaimsPrincipal user) => user.HasClaim(c => c.Type == Trials);

    /// <summary>A person or a program that the issuer vouches for.</summary>
    /// <param name="name">The name under which the server keeps what is theirs.</param>
    /// <param name="shown">The name that pages show.</param>
    /// <param name="role">null = none: every call that needs a role is refused.</param>
    public static ClaimsPrincipal PrincipalOf(string name, string shown, Role? role, bool code)
    {
        var identity = new ClaimsIdentity([new(ClaimTypes.Name, name), new(Person, shown),
            new(Code, (code || role == Role.Admin).ToString())], "oidc");
        if (role is { } given) identity.AddClaim(new(ClaimTypes.Role, given.ToString()));
        return new ClaimsPrincipal(identity);
    }

    /// <summary>Whether the caller may have the server compile and run code of their own.</summary>
    public static bool MayRunCode(ClaimsPrincipal user) => user.HasClaim(Code, bool.TrueString);

    public static string NameOf(ClaimsPrincipal user) => user.Identity?.Name ?? "unknown";

    /// <summary>The name that pages show of a caller of the issuer; null for keys.</summary>
    public static string? PersonOf(ClaimsPrincipal user) => user.FindFirstValue(Person);

    /// <summary>The caller in a sentence.</summary>
    public static string Shown(ClaimsPrincipal user) => PersonOf(user) is null ? $"the key '{NameOf(user)}'" : NameOf(user);

    /// <summary>The caller of a request, with its limits.</summary>
    /// <exception cref="NotAllowedException">The caller has no role.</exception>
    public static Caller CallerOf(ClaimsPrincipal user) => RoleOf(user) is { } role
        ? new Caller(NameOf(user), role, MayRunCode(user))
        {
            Person = PersonOf(user) is null ? null : NameOf(user),
            Limits = !HasLimits(user) ? null : new TrialLimits(
                user.FindFirstValue(Trials) is { Length: > 0 } trials ? int.Parse(trials, CultureInfo.InvariantCulture) : null,
                user.FindFirstValue(Holdout) is { Length: > 0 } holdout
                    ? new DateTimeOffset(long.Parse(holdout, CultureInfo.InvariantCulture), TimeSpan.Zero) : null),
        }
        : throw new NotAllowedException($"{Shown(user)} has no role on this server");

    /// <summary>viewer, submitter or admin; null for a caller without a role.</summary>
    public static string? RoleNameOf(ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.Role)?.ToLowerInvariant();

    private static Role? RoleOf(ClaimsPrincipal user) =>
        Enum.TryParse<Role>(user.FindFirstValue(ClaimTypes.Role), out var role) ? role : null;
}
