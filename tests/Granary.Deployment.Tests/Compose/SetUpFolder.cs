using System.ComponentModel;
using System.Diagnostics;
using Granary.Server.Access;
using Granary.Testing;

namespace Granary.Deployment.Tests.Compose;

/// <summary>A temporary folder with docker-compose.yml, for which <c>granary setup compose</c> has made the secrets.</summary>
internal sealed class SetUpFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-compose-").FullName;

    /// <summary>Makes the secrets.</summary>
    /// <returns>The variables of .env.</returns>
    public async Task<IReadOnlyDictionary<string, string>> VariablesAsync(string profile)
    {
        File.Copy(Path.Combine(SharedData.RepositoryRoot, "docker-compose.yml"), Path.Combine(_folder, "docker-compose.yml"));
        var setup = await ComposeSetup.CreateAsync(_folder, profile, TimeProvider.System);
        return (await File.ReadAllLinesAsync(setup.Environment)).Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split('=', 2))
            .ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
    }

    /// <summary>Runs docker-compose in the folder.</summary>
    /// <returns>What it prints; null where it is not installed.</returns>
    public async Task<string?> ComposeAsync(string verb)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo("docker-compose", [verb])
            {
                WorkingDirectory = _folder,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception)
        {
            return null;
        }
        using (process)
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            process.ExitCode.ShouldBe(0, await error);
            return await output;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
