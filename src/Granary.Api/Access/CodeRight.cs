using System.Security.Claims;
using Granary.Api.Problems;
using Granary.Simulation.Catalogues;
using Microsoft.AspNetCore.Http;

namespace Granary.Api.Access;

/// <summary>The right to have this server compile and run C#: admins have it, and keys with the right <c>code</c>.</summary>
internal sealed class CodeRight(GranaryCatalogues catalogues)
{
    /// <summary>Why a caller may not, in one sentence; null if they may.</summary>
    public string? RefusalOf(ClaimsPrincipal caller) =>
        catalogues.Compiler is null ? $"this server runs no code of its callers: {catalogues.WithoutCompiler}"
        : RolePolicies.MayRunCode(caller) ? null
        : $"{RolePolicies.Shown(caller)} does not have the right code; " + (RolePolicies.PersonOf(caller) is null
            ? "'granary keys add NAME --role submitter --code' makes one that has"
            : "the operator gives it to a value of the role claim with --oidc-roles VALUE=code");

    public static IResult Refuse(string sentence) => Problem.Of(StatusCodes.Status403Forbidden, "Not allowed", sentence);
}
