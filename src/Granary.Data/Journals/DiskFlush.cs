using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Granary.Data.Journals;

/// <summary>
/// Brings what was written to a file onto the disk. On Linux by <c>fdatasync</c>: where a write went over bytes that the file already had,
/// its length and places are as they were, and the file system's own journal is left out of it, which <c>fsync</c> (as
/// <see cref="RandomAccess.FlushToDisk"/>) writes for the time stamp alone.
/// </summary>
internal static class DiskFlush
{
    private const int Interrupted = 4;

    /// <summary>Returns when the file's bytes, and what is needed to find them, survive a power cut.</summary>
    /// <exception cref="IOException">The disk failed: what it holds of the file's last writes is not known.</exception>
    public static void Data(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }
        while (fdatasync(file) != 0)
            if (Marshal.GetLastPInvokeError() is var error && error != Interrupted)
                throw new IOException($"the flush to the disk failed: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

#pragma warning disable SYSLIB1054 // A source-generated import needs unsafe code, which this project does without.
    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fdatasync(SafeFileHandle file);
#pragma warning restore SYSLIB1054
}
