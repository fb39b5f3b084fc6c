using System.Security.Claims;
using Granary.Server.Access;
using Microsoft.AspNetCore.Authorization;

namespace Granary.Api.Access;

/// <summary>One authorization policy for each role. A higher role also passes the policies of lower roles.</summary>
internal static class RolePolicies
{
    public const string Viewer = nameof(Role.Viewer);
    public const string Submitter = nameof(Role.Submitter);
    public const string Admin = nameof(Role.Admin);

    public static void Add(AuthorizationOptions options)
    {
        foreach (var role in Enum.GetValues<Role>())
            options.AddPolicy(role.ToString(), p => p.RequireAuthenticatedUser().RequireAssertion(c => RoleOf(c.User) >= role));
    }

    private const string Code = "code";

    public static ClaimsPrincipal PrincipalOf(Caller caller) =>
        new(new ClaimsIdentity([new(ClaimTypes.Name, caller.Name), new(ClaimTypes.Role, caller.Role.ToString()),
            new(Code, caller.MayRunCode.ToString())], KeyAuthentication.Scheme));

    /// <summary>Whether the caller may have the server compile and run code of their own.</summary>
    public static bool MayRunCode(ClaimsPrincipal user) => user.HasClaim(Code, bool.TrueString);

    public static string NameOf(ClaimsPrincipal user) => user.Identity?.Name ?? "unknown";

    private static Role? RoleOf(ClaimsPrincipal user) =>
        Enum.TryParse<Role>(user.FindFirstValue(ClaimTypes.Role), out var role) ? role : null;
}
