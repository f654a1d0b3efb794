using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Orrery.Local.Store;

/// <summary>
/// Which SQLite this process uses: the system's, which gets security fixes, else the one that comes with the package.
/// SQL here must be understood by both (3.35 and later).
/// </summary>
internal static class SqliteNative
{
    private static readonly Lazy<bool> Loaded = new(Load);

    public static void Ensure() => _ = Loaded.Value;

    private static bool Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        Batteries_V2.Init();
        return true;
    }

    /// <summary>Zero lets the runtime look where it usually does, which finds the bundled library.</summary>
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
        => name == "e_sqlite3" && NativeLibrary.TryLoad("libsqlite3.so.0", out nint system) ? system : 0;
}
