using Granary.Storage.Files;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace Granary.Api.SignIn;

/// <summary>
/// The folder <see cref="PermittedFiles.Secrets"/> of the runs: sessions, and the keys that encrypt them. Only the user of the server
/// reads it.
/// </summary>
internal static class SignInFolder
{
    /// <summary>The name of the folder that has the keys.</summary>
    public const string Keys = "keys";

    private static readonly TimeSpan s_lifetime = TimeSpan.FromDays(90);

    /// <summary>Creates a folder in it.</summary>
    public static string Create(ApiSettings settings, string name)
    {
        var path = Path.Combine(Path.GetFullPath(settings.Runs), PermittedFiles.Secrets, name);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else
        {
            const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, Owner);
            Directory.CreateDirectory(path, Owner);
        }
        return path;
    }

    /// <summary>
    /// Makes the first key. If several silos start at once, one makes it: each would otherwise use a key of its own.
    /// </summary>
    public static void MakeFirstKey(ApiSettings settings, IKeyManager keys, TimeProvider clock)
    {
        using var turn = ExclusiveFile.Open(Path.Combine(Create(settings, Keys), ".lock"), TimeSpan.FromMinutes(1));
        if (keys.GetAllKeys().Count == 0) keys.CreateNewKey(clock.GetUtcNow(), clock.GetUtcNow() + s_lifetime);
    }
}
