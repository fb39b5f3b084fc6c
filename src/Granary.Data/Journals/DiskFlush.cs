using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Granary.Data.Journals;

/// <summary>
/// Flushes written data of a file to the disk. On Linux it calls <c>fdatasync</c>. If the write replaced bytes that the file already had,
/// its length and location are unchanged, so <c>fdatasync</c> does not write the file system's journal. <c>fsync</c>, which
/// <see cref="RandomAccess.FlushToDisk"/> calls, writes it for the time stamp alone.
/// </summary>
internal static class DiskFlush
{
    private const int Interrupted = 4;

    /// <summary>Returns when the file's bytes, and the metadata to find them, survive a power cut.</summary>
    /// <exception cref="IOException">The disk failed. It is unknown which of the last writes it has.</exception>
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

#pragma warning disable SYSLIB1054 // A source-generated import needs unsafe code, which this project does not allow.
    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fdatasync(SafeFileHandle file);
#pragma warning restore SYSLIB1054
}
