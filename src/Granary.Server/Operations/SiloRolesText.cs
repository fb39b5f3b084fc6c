namespace Granary.Server.Operations;

/// <summary>Converts roles to text and to names of silos.</summary>
internal static class SiloRolesText
{
    public const SiloRoles All = SiloRoles.Api | SiloRoles.Compute | SiloRoles.Sessions;

    private static readonly SiloRoles[] s_single = [SiloRoles.Api, SiloRoles.Compute, SiloRoles.Sessions];

    /// <summary>The name of one role, such as <c>compute</c>.</summary>
    public static string Word(SiloRoles role) => role.ToString().ToLowerInvariant();

    /// <summary>Parses role names, separated by commas.</summary>
    /// <returns>Null if a name is not a role, or there is none.</returns>
    public static SiloRoles? Parse(string text)
    {
        var roles = SiloRoles.None;
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var role = Array.Find(s_single, r => Word(r) == word);
            if (role == SiloRoles.None) return null;
            roles |= role;
        }
        return roles;
    }

    /// <summary>Returns the name of a silo with its roles; without a suffix if it has all.</summary>
    public static string NameOf(string silo, SiloRoles roles) =>
        roles == All ? silo : string.Join('.', [silo, .. s_single.Where(r => roles.HasFlag(r)).Select(Word)]);

    /// <summary>Returns the roles in a silo's name.</summary>
    public static SiloRoles Of(string name)
    {
        var roles = SiloRoles.None;
        foreach (var part in name.Split('.').Skip(1).Reverse())
        {
            var role = Array.Find(s_single, r => Word(r) == part);
            if (role == SiloRoles.None) break;
            roles |= role;
        }
        return roles == SiloRoles.None ? All : roles;
    }
}
