namespace Granary.Server.Operations;

/// <summary>Roles in words and in names of silos.</summary>
public static class SiloRolesText
{
    public const SiloRoles All = SiloRoles.Api | SiloRoles.Compute | SiloRoles.Sessions;

    private static readonly SiloRoles[] s_single = [SiloRoles.Api, SiloRoles.Compute, SiloRoles.Sessions];

    /// <summary>The word of one role, as <c>compute</c>.</summary>
    public static string Word(SiloRoles role) => role.ToString().ToLowerInvariant();

    /// <summary>Reads words between commas.</summary>
    /// <returns>null where a word is no role, or there is none.</returns>
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

    /// <summary>The name of a silo with its roles; the name alone where it has all.</summary>
    public static string NameOf(string silo, SiloRoles roles) =>
        roles == All ? silo : string.Join('.', [silo, .. s_single.Where(r => roles.HasFlag(r)).Select(Word)]);

    /// <summary>The roles in a silo's name.</summary>
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
