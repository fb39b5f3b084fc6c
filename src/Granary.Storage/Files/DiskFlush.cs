using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Granary.Storage.Files;

/// <summary>
/// Flushes written data of a file, and the names of a folder, to the disk. For a file on Linux it calls <c>fdatasync</c>. If the write
/// replaced bytes that the file already had, its length and location are unchanged, so <c>fdatasync</c> does not write the file system's
/// journal. <c>fsync</c>, which <see cref="RandomAccess.FlushToDisk"/> calls, writes it for the time stamp alone.
/// </summary>
internal static class DiskFlush
{
    private const int Interrupted = 4, NoAccess = 13, Invalid = 22, ReadOnly = 30, NotSupportedOnMac = 45, NotSupported = 95;
    private const int CloseOnExecOfLinux = 0x80000, CloseOnExecOfMac = 0x1000000;

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
            {
                // Pipes and devices have nothing to flush.
                if (IsUnsupported(error)) return;
                throw Failed(error);
            }
    }

    /// <summary>
    /// Returns when the names in a folder survive a power cut. Windows writes them in order by itself, and a file system without such a
    /// call has no better order to offer.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Folder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = open(path, OperatingSystem.IsMacOS() ? CloseOnExecOfMac : CloseOnExecOfLinux, 0);
        if (descriptor < 0)
        {
            // A folder may be written without the right to list it.
            if (Marshal.GetLastPInvokeError() is var fault && fault == NoAccess) return;
            throw Failed(fault);
        }
        using var folder = new SafeFileHandle(descriptor, ownsHandle: true);
        while (fsync(folder) != 0)
            if (Marshal.GetLastPInvokeError() is var error && error != Interrupted)
            {
                if (IsUnsupported(error)) return;
                throw Failed(error);
            }
    }

    private static bool IsUnsupported(int error) => error is Invalid or ReadOnly or NotSupported
        || error == NotSupportedOnMac && OperatingSystem.IsMacOS();

    private static IOException Failed(int error) =>
        new($"the flush to the disk failed: {Marshal.GetPInvokeErrorMessage(error)}", error);

#pragma warning disable SYSLIB1054 // A source-generated import needs unsafe code, which this project does not allow.
    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fdatasync(SafeFileHandle file);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fsync(SafeFileHandle file);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);
#pragma warning restore SYSLIB1054
}
