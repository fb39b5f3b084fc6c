using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Granary.Storage.Files;

/// <summary>
/// A handle of a file or folder that reads nothing yet (<c>O_PATH</c>), so it neither waits for a pipe nor needs a right. Its type and
/// its real path are those of the object that <see cref="Through"/> opens.
/// </summary>
internal sealed class PinnedPath : IDisposable
{
    private const int OPath = 0x200000, CloseOnExec = 0x80000, EmptyPath = 0x1000, Interrupted = 4;
    private const int Missing = 2, NotPermitted = 1, NoAccess = 13, NotAFolder = 20;
    private const uint TypeAndLinks = 0x1 | 0x4;
    private const int TypeMask = 0xF000, Regular = 0x8000, Folder = 0x4000;

    private readonly SafeFileHandle _handle;
    private readonly int _type;

    private PinnedPath(SafeFileHandle handle)
    {
        _handle = handle;
        Through = $"/proc/self/fd/{handle.DangerousGetHandle()}";
        var status = new byte[256];
        if (statx(handle, "", EmptyPath, TypeAndLinks, status) != 0)
            throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
        // The layout of struct statx is the same on all architectures.
        Links = BitConverter.ToUInt32(status, 16);
        _type = BitConverter.ToUInt16(status, 28) & TypeMask;
    }

    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>A path that opens this very object, whatever its own path leads to.</summary>
    public string Through { get; }

    /// <summary>The number of names that the file has on its file system.</summary>
    public uint Links { get; }

    public bool IsFile => _type == Regular;

    public bool IsFolder => _type == Folder;

    /// <summary>The path of the object itself, without links.</summary>
    /// <exception cref="IOException">The object has no path in this process's view of the file system.</exception>
    public string RealPath => new FileInfo(Through).LinkTarget ?? throw new IOException($"{Through} has no path");

    /// <exception cref="IOException">It does not exist, or the disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder on the way may not be searched.</exception>
    public static PinnedPath Open(string path) => TryOpen(path) ?? throw new FileNotFoundException($"Could not find file '{path}'.", path);

    /// <returns>Null if it does not exist.</returns>
    /// <inheritdoc cref="Open"/>
    public static PinnedPath? TryOpen(string path)
    {
        while (true)
        {
            var descriptor = open(path, OPath | CloseOnExec, 0);
            if (descriptor >= 0)
            {
                var handle = new SafeFileHandle(descriptor, ownsHandle: true);
                try
                {
                    return new PinnedPath(handle);
                }
                catch
                {
                    handle.Dispose();
                    throw;
                }
            }
            var error = Marshal.GetLastPInvokeError();
            switch (error)
            {
                case Interrupted: continue;
                case Missing: return null;
                case NotAFolder: throw new DirectoryNotFoundException($"Could not find a part of the path '{path}'.");
                case NotPermitted or NoAccess: throw new UnauthorizedAccessException($"Access to the path '{path}' is denied.");
                default: throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)} : '{path}'", error);
            }
        }
    }

    public void Dispose() => _handle.Dispose();

#pragma warning disable SYSLIB1054 // A source-generated import needs unsafe code, which this project does not allow.
    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statx(SafeFileHandle folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask,
        [Out] byte[] status);
#pragma warning restore SYSLIB1054
}
