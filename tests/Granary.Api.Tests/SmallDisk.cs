using System.Diagnostics;

namespace Granary.Api.Tests;

/// <summary>A disk of some megabytes (a tmpfs), so that a test can fill it; the test skips where this user may not mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    private string Filler => Path.Combine(Folder, "filler");

    public static SmallDisk Mount(int megabytes)
    {
        var folder = Directory.CreateTempSubdirectory("granary-disk-").FullName;
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root"
            || !Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder))
        {
            Directory.Delete(folder);
            Assert.Skip("needs a small disk: run as root on Linux, in a container with the right to mount (--privileged)");
        }
        return new SmallDisk(folder);
    }

    /// <summary>Fills the disk up to some free bytes.</summary>
    public void Fill(long free = 0)
    {
        using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        var some = new byte[4096];
        try
        {
            while (new DriveInfo(Folder).AvailableFreeSpace > free) file.Write(some);
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    public void MakeRoom() => File.Delete(Filler);

    public void Dispose()
    {
        Run("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
