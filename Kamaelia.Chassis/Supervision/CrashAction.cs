// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Chassis;

/// <summary>What a <see cref="Supervisor"/> does about a crash.</summary>
public enum CrashAction
{
    /// <summary>Puts another in the place of the child, and of those that the <see cref="SupervisionStrategy"/> says.</summary>
    Restart,

    /// <summary>Lets the child go, or its part: it is temporary, was told to stop, or was being stopped.</summary>
    LetGo,

    /// <summary>Ends all children and itself: there were more restarts than the <see cref="RestartPolicy"/> allows.</summary>
    GiveUp,
}
