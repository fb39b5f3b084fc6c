using Granary.Simulation.Catalogues;

namespace Granary.Server.Access;

/// <summary>The right to have this process compile and run C#: admins have it, and keys with the right <c>code</c>.</summary>
internal sealed class CodeRight(GranaryCatalogues catalogues)
{
    /// <summary>Why a caller may not, in one sentence; null if they may.</summary>
    public string? RefusalOf(Caller caller) =>
        catalogues.Compiler is null ? $"this server runs no code of its callers: {catalogues.WithoutCompiler}"
        : caller.MayRunCode ? null
        : $"{caller.Shown} does not have the right code; " + (caller.Person is null
            ? "'granary keys add NAME --role submitter --code' makes one that has"
            : "the operator gives it to a value of the role claim with --oidc-roles VALUE=code");
}
