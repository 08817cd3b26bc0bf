DROP TABLE notifications;
DROP TABLE user_prefs;
